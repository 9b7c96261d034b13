import { defineCollection, type StoredObject } from './collection.js';

/** https://docs.stripe.com/api/v2/core/event-destinations: where events go that version 2 of the API was asked to send. */
export interface EventDestinationObject extends StoredObject {
  readonly object: 'v2.core.event_destination';
  /** Times of version 2 are texts: "2026-03-01T00:00:00.000Z". */
  readonly created: string;
  readonly description: string;
  readonly enabled_events: readonly string[];
  readonly event_payload: 'snapshot' | 'thin';
  readonly events_from: readonly string[];
  readonly livemode: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly name: string;
  /** Of snapshots: the version they are shown in. */
  readonly snapshot_api_version?: string;
  readonly status: 'enabled' | 'disabled';
  readonly status_details?: { readonly disabled: { readonly reason: string } };
  readonly type: 'webhook_endpoint';
  readonly updated: string;
  /** Shown only when a request includes it. */
  readonly _url: string;
  readonly _secret: string;
}

export const eventDestinations = defineCollection<EventDestinationObject>({
  type: 'v2.core.event_destination',
  prefix: 'ed',
  label: 'event destination',
});
