import { defineCollection, type StoredObject } from './collection.js';
import type { InnerWork } from './engine.js';
import type { EventObject } from './events.js';
import { latestVersion } from './versions.js';
import { wantsEvent, webhookEndpoints } from './webhook-endpoint.js';

/** One event on its way to one receiver. */
export interface DeliveryRecord extends StoredObject {
  readonly event: string;
  readonly eventType: string;
  readonly target: DeliveryTarget;
  readonly targetId: string;
  /** The version it is pinned to; null for the account's default. */
  readonly version: string | null;
  /** Empty once it arrived or was given up: the event itself stays readable. */
  readonly body: string;
  readonly attempts: number;
  /** Milliseconds of machine time. */
  readonly nextAtMs: number;
  readonly status: 'canceled' | 'dropped' | 'failed' | 'pending' | 'succeeded';
  readonly answerStatus: number | null;
  readonly answerError: string | null;
}

/** A webhook endpoint of the account, or a `stripe listen` that is connected. */
export type DeliveryTarget = 'endpoint' | 'listener';

export const deliveries = defineCollection<DeliveryRecord>({ type: '_delivery', prefix: 'dlv', indexes: ['event'] });

/** Finished deliveries beyond this are forgotten, oldest first. */
export const deliveriesMax = 20_000;

interface Receiver {
  readonly target: DeliveryTarget;
  readonly id: string;
  readonly version: string | null;
}

/** Queues the event for everyone who wants it and gives the number of webhook endpoints that have yet to take it. */
export const createDeliveries = (
  work: InnerWork,
  event: EventObject,
  render: (version: string) => EventObject,
): number => {
  const receivers = receiversOf(work, event.type);
  if (receivers.length === 0) return 0;
  const fault = work.engine.eventFault(work.account.id, event.type);
  const expecting = receivers.filter((receiver) => receiver.target === 'endpoint').length * Math.min(fault.copies, 1);
  const bodies = new Map<string, string>();
  for (const receiver of receivers) {
    const version = receiver.version ?? work.account.defaultVersion;
    const body = bodies.get(version) ?? JSON.stringify({ ...render(version), pending_webhooks: expecting }, null, 2);
    bodies.set(version, body);
    for (let copy = 0; copy < Math.max(fault.copies, 1); copy += 1) {
      queue(work, event, receiver, { body, dropped: fault.copies === 0, delayMs: fault.delayMs });
    }
  }
  return expecting;
};

const receiversOf = (work: InnerWork, type: string): Receiver[] => {
  const receivers: Receiver[] = [];

  for (const endpoint of work.newestFirst(webhookEndpoints)) {
    if (!wantsEvent(endpoint, type)) continue;
    receivers.push({ target: 'endpoint', id: endpoint.id, version: endpoint.api_version });
  }
  // A listener gets each event in the default version and in the latest; `stripe listen --latest` chooses.
  for (const id of work.engine.connectedListeners(work.account.id)) {
    receivers.push({ target: 'listener', id, version: null }, { target: 'listener', id, version: latestVersion });
  }
  return receivers;
};

interface Sending {
  readonly body: string;
  readonly dropped: boolean;
  readonly delayMs: number;
}

const queue = (work: InnerWork, event: EventObject, receiver: Receiver, sending: Sending): void => {
  const delivery: DeliveryRecord = {
    id: work.newId('dlv'),
    event: event.id,
    eventType: event.type,
    target: receiver.target,
    targetId: receiver.id,
    version: receiver.version,
    body: sending.dropped ? '' : sending.body,
    attempts: 0,
    nextAtMs: work.engine.machineNowMs() + sending.delayMs,
    status: sending.dropped ? 'dropped' : 'pending',
    answerStatus: null,
    answerError: null,
  };
  work.put(deliveries, delivery);
  if (!sending.dropped) work.engine.deliveryDue(work.state, delivery.id, delivery.nextAtMs);
};

/** Sends one event again to one receiver, as `stripe events resend` and a dashboard button do. */
export const resend = (work: InnerWork, event: EventObject, target: DeliveryTarget, targetId: string): void => {
  const receiver = { target, id: targetId, version: null };
  queue(work, event, receiver, { body: JSON.stringify(event, null, 2), dropped: false, delayMs: 0 });
};
