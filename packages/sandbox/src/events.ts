import { defineCollection, type StoredObject, type StripeObject } from './collection.js';

/** https://docs.stripe.com/api/events/object */
export interface EventObject extends StoredObject {
  readonly object: 'event';
  readonly api_version: string;
  readonly created: number;
  readonly data: { readonly object: StripeObject; readonly previous_attributes?: StripeObject };
  readonly livemode: boolean;
  readonly pending_webhooks: number;
  readonly request: { readonly id: string | null; readonly idempotency_key: string | null };
  readonly type: string;
}

export const events = defineCollection<EventObject>({ type: 'event', prefix: 'evt' });

/** Events can be listed for 30 days: https://docs.stripe.com/api/events */
export const eventRetentionSeconds = 30 * 24 * 60 * 60;
