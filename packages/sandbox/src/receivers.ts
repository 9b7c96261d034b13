import { connections, platformsOf } from './connection.js';
import type { InnerWork, Listener } from './engine.js';
import { type EventDestinationObject, eventDestinations } from './event-destination.js';
import { thinTypeOf } from './thin-event.js';
import { latestVersion } from './versions.js';
import { type WebhookEndpointObject, wantsEvent, webhookEndpoints } from './webhook-endpoint.js';

/** A webhook endpoint, an event destination of version 2, or a `stripe listen` that is connected. */
export type DeliveryTarget = 'destination' | 'endpoint' | 'listener';

/** Who wants to hear of an event, and how. */
export interface Receiver {
  readonly target: DeliveryTarget;
  readonly id: string;
  /** The account whose receiver it is: the event's own, or a platform it is connected to. */
  readonly ownerId: string;
  readonly payload: 'snapshot' | 'thin';
  /** The version it is pinned to; null for its account's default. */
  readonly version: string | null;
}

/** Everyone who asked for this type: in the account itself, and in the platforms that may act for it. */
export const receiversOf = (work: InnerWork, type: string): readonly Receiver[] => {
  if (isUnheard(work)) return nobody;
  const receivers: Receiver[] = [];
  const own = work.account.id;
  for (const endpoint of work.newestFirst(webhookEndpoints)) {
    if (!endpoint._connect && wantsEvent(endpoint, type)) receivers.push(endpointReceiver(endpoint, own));
  }
  for (const destination of work.newestFirst(eventDestinations)) {
    if (wants(destination, type, '@self')) receivers.push(destinationReceiver(destination, own));
  }
  for (const listener of work.engine.connectedListeners(own)) receivers.push(...listenerReceivers(listener, own, type));
  for (const platform of platformsOf(work)) receivers.push(...platformReceivers(work, platform, type));
  return receivers;
};

/** Those who asked for a type that comes thin alone: "v1.billing.meter.no_meter_found". */
export const thinReceiversOf = (work: InnerWork, thinType: string): readonly Receiver[] =>
  receiversOf(work, thinType.replace(/^v1\./, '')).filter((receiver) => receiver.payload === 'thin');

const nobody: readonly Receiver[] = [];

/** Most accounts of a laptop have nobody who listens, and most of what happens is events. */
const isUnheard = (work: InnerWork): boolean => {
  const { store } = work.state;
  return (
    store.count(webhookEndpoints.type) === 0 &&
    store.count(eventDestinations.type) === 0 &&
    store.count(connections.type) === 0 &&
    work.engine.connectedListeners(work.account.id).length === 0
  );
};

/** Endpoints made with `connect` hear of connected accounts only, the others never do. */
const platformReceivers = (work: InnerWork, platformId: string, type: string): Receiver[] => {
  const store = work.engine.accountById(platformId)?.store;
  if (store === undefined) return [];
  const receivers: Receiver[] = [];
  for (const found of store.newestFirst(webhookEndpoints.type)) {
    const endpoint = found as WebhookEndpointObject;
    if (endpoint._connect && wantsEvent(endpoint, type)) receivers.push(endpointReceiver(endpoint, platformId));
  }
  for (const found of store.newestFirst(eventDestinations.type)) {
    const destination = found as EventDestinationObject;
    if (wants(destination, type, '@accounts')) receivers.push(destinationReceiver(destination, platformId));
  }
  for (const listener of work.engine.connectedListeners(platformId)) {
    receivers.push(...listenerReceivers(listener, platformId, type));
  }
  return receivers;
};

const endpointReceiver = (endpoint: WebhookEndpointObject, ownerId: string): Receiver => ({
  target: 'endpoint',
  id: endpoint.id,
  ownerId,
  payload: 'snapshot',
  version: endpoint.api_version,
});

export const destinationReceiver = (destination: EventDestinationObject, ownerId: string): Receiver => ({
  target: 'destination',
  id: destination.id,
  ownerId,
  payload: destination.event_payload,
  version: destination.snapshot_api_version ?? null,
});

const wants = (destination: EventDestinationObject, type: string, from: string): boolean => {
  if (destination.status !== 'enabled' || !destination.events_from.includes(from)) return false;
  const wanted = destination.event_payload === 'thin' ? thinTypeOf(type) : type;
  return (
    wanted !== undefined && (destination.enabled_events.includes('*') || destination.enabled_events.includes(wanted))
  );
};

/** A listener gets each snapshot in the default version and in the latest; `stripe listen --latest` chooses. */
const snapshotsTo = ({ features, id }: Listener, ownerId: string): Receiver[] => {
  if (!features.includes('webhooks')) return [];
  const receiver = { target: 'listener', id, ownerId, payload: 'snapshot' } as const;
  return [
    { ...receiver, version: null },
    { ...receiver, version: latestVersion },
  ];
};

const listenerReceivers = (listener: Listener, ownerId: string, type: string): Receiver[] => {
  const receivers = snapshotsTo(listener, ownerId);
  if (listener.features.includes(thinFeature) && thinTypeOf(type) !== undefined) {
    receivers.push({ target: 'listener', id: listener.id, ownerId, payload: 'thin', version: null });
  }
  return receivers;
};

/** Every `stripe listen` of the account that takes snapshots. */
export const listenersOf = (work: InnerWork, ownerId: string): readonly Receiver[] =>
  work.engine.connectedListeners(ownerId).flatMap((listener) => snapshotsTo(listener, ownerId));

/** An endpoint that somebody names for an event, whatever it asked for. */
export const namedEndpoint = (id: string, ownerId: string): Receiver => ({
  target: 'endpoint',
  id,
  ownerId,
  payload: 'snapshot',
  version: null,
});

/** What a `stripe listen` asks for that wants thin events. */
export const thinFeature = 'v2_events';
