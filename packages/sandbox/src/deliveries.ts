import { defineCollection, type StoredObject } from './collection.js';
import type { InnerWork } from './engine.js';
import type { EventObject } from './events.js';
import { type DeliveryTarget, type Receiver, receiversOf } from './receivers.js';
import { notificationOf, putThinEvent, type ThinEventObject } from './thin-event.js';

/** One event on its way to one receiver. */
export interface DeliveryRecord extends StoredObject {
  readonly event: string;
  readonly eventType: string;
  readonly target: DeliveryTarget;
  readonly targetId: string;
  /** The account whose receiver it is: a platform hears of the accounts it is connected to. */
  readonly ownerId: string;
  readonly payload: 'snapshot' | 'thin';
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

export const deliveries = defineCollection<DeliveryRecord>({ type: '_delivery', prefix: 'dlv', indexes: ['event'] });

/** Finished deliveries beyond this are forgotten, oldest first. */
export const deliveriesMax = 20_000;

interface Telling {
  readonly event: EventObject;
  readonly object: StoredObject;
  readonly render: (version: string) => EventObject;
}

/** Queues the event for everyone who wants it and gives the number of webhook endpoints that have yet to take it. */
export const createDeliveries = (work: InnerWork, telling: Telling): number => {
  const { event } = telling;
  const receivers = receiversOf(work, event.type);
  if (receivers.length === 0) return 0;
  const fault = work.engine.eventFault(work.account.id, event.type);
  const expecting = receivers.filter(isCounted).length * Math.min(fault.copies, 1);
  const bodyFor = bodies(work, telling, expecting);
  for (const receiver of receivers) {
    const sending = bodyFor(receiver);
    if (sending === undefined) continue;
    for (let copy = 0; copy < Math.max(fault.copies, 1); copy += 1) {
      queue(work, receiver, { ...sending, dropped: fault.copies === 0, delayMs: fault.delayMs });
    }
  }
  return expecting;
};

/** Queues an event that comes thin alone. */
export const createThinDeliveries = (work: InnerWork, event: ThinEventObject, receivers: readonly Receiver[]): void => {
  const fault = work.engine.eventFault(work.account.id, event.type);
  for (const receiver of receivers) {
    const connected = receiver.ownerId === work.account.id ? null : work.account.id;
    const body = JSON.stringify(notificationOf(event, connected), null, 2);
    const sending = { event: event.id, eventType: event.type, body };
    for (let copy = 0; copy < Math.max(fault.copies, 1); copy += 1) {
      queue(work, receiver, { ...sending, dropped: fault.copies === 0, delayMs: fault.delayMs });
    }
  }
};

const isCounted = (receiver: Receiver): boolean => receiver.target !== 'listener' && receiver.payload === 'snapshot';

type Told = Pick<DeliveryRecord, 'event' | 'eventType' | 'body'>;

/** The same body for everyone who gets the event in one version; undefined when there is nothing to tell thinly. */
const bodies = (work: InnerWork, telling: Telling, expecting: number): ((receiver: Receiver) => Told | undefined) => {
  const { event, object, render } = telling;
  const made = new Map<string, string>();
  const once = (name: string, make: () => object): string => {
    const body = made.get(name) ?? JSON.stringify(make(), null, 2);
    made.set(name, body);
    return body;
  };
  let thin: ThinEventObject | undefined;
  return (receiver) => {
    const connected = receiver.ownerId === work.account.id ? null : work.account.id;
    if (receiver.payload === 'thin') {
      thin ??= putThinEvent(work, event, object);
      if (thin === undefined) return undefined;
      const notification = notificationOf(thin, connected);
      return { event: thin.id, eventType: thin.type, body: once(`thin ${connected}`, () => notification) };
    }
    const version = receiver.version ?? ownerVersion(work, receiver.ownerId);
    const account = connected === null ? {} : { account: connected };
    const body = once(`${version} ${connected}`, () => ({
      ...render(version),
      ...account,
      pending_webhooks: expecting,
    }));
    return { event: event.id, eventType: event.type, body };
  };
};

const ownerVersion = (work: InnerWork, ownerId: string): string =>
  (work.engine.accountById(ownerId)?.record ?? work.account).defaultVersion;

interface Sending extends Told {
  readonly dropped: boolean;
  readonly delayMs: number;
}

const queue = (work: InnerWork, receiver: Receiver, sending: Sending): void => {
  const delivery: DeliveryRecord = {
    id: work.newId('dlv'),
    event: sending.event,
    eventType: sending.eventType,
    target: receiver.target,
    targetId: receiver.id,
    ownerId: receiver.ownerId,
    payload: receiver.payload,
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

/** Sends one event again, as it was kept, as `stripe events resend` and a dashboard button do. */
export const resend = (work: InnerWork, event: EventObject, receivers: readonly Receiver[]): void => {
  for (const receiver of receivers) {
    const account = receiver.ownerId === work.account.id ? {} : { account: work.account.id };
    const body = JSON.stringify({ ...event, ...account }, null, 2);
    queue(work, receiver, { event: event.id, eventType: event.type, body, dropped: false, delayMs: 0 });
  }
};
