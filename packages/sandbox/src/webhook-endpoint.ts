import { defineCollection, type StoredObject } from './collection.js';

/** https://docs.stripe.com/api/webhook_endpoints/object, and the secrets, which only their creation shows. */
export interface WebhookEndpointObject extends StoredObject {
  readonly object: 'webhook_endpoint';
  readonly api_version: string | null;
  readonly application: string | null;
  readonly created: number;
  readonly description: string | null;
  readonly enabled_events: readonly string[];
  readonly livemode: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly status: 'enabled' | 'disabled';
  readonly url: string;
  readonly _secret: string;
  /** While a secret is being rolled both sign; seconds of machine time. */
  readonly _previousSecret: { readonly secret: string; readonly until: number } | null;
  readonly _connect: boolean;
}

export const webhookEndpoints = defineCollection<WebhookEndpointObject>({
  type: 'webhook_endpoint',
  prefix: 'we',
  label: 'webhook endpoint',
});

export const wantsEvent = (endpoint: WebhookEndpointObject, type: string): boolean =>
  endpoint.status === 'enabled' && (endpoint.enabled_events.includes('*') || endpoint.enabled_events.includes(type));
