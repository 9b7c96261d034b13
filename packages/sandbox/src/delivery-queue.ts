import type { Account } from './account.js';
import { type DeliveryRecord, deliveries, deliveriesMax } from './deliveries.js';
import { DueHeap } from './due-heap.js';
import type { InnerWork } from './engine.js';
import { type EventDestinationObject, eventDestinations } from './event-destination.js';
import { type EventObject, events } from './events.js';
import type { DeliveryTarget } from './receivers.js';
import { signatureHeader } from './signature.js';
import { type WebhookEndpointObject, webhookEndpoints } from './webhook-endpoint.js';

/** A webhook to send now. Whoever sends it reports what came of it; without a report it counts as still on its way. */
export interface WebhookPost {
  readonly id: string;
  readonly accountId: string;
  readonly target: DeliveryTarget;
  readonly targetId: string;
  readonly payload: 'snapshot' | 'thin';
  /** The version it is pinned to; null for the account's default. */
  readonly version: string | null;
  /** Empty for a listener: it gets the same headers and body through its socket. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly eventId: string;
  readonly eventType: string;
}

export type DeliveryReport = { readonly status: number } | { readonly error: string };

export interface DeliveryQueueOptions {
  /** Seconds from each failed try to the next; as many retries as there are numbers. */
  readonly retryDelaysSeconds: { readonly live: readonly number[]; readonly test: readonly number[] };
  readonly machineNowMs: () => number;
  readonly accountById: (id: string) => Account | undefined;
  /** Runs inside a transaction of the account. */
  readonly transact: (account: Account, act: (work: InnerWork) => void) => void;
  readonly listenerSecret: (accountId: string) => string;
  /** Called when the last webhook endpoint took an event. */
  readonly delivered: (work: InnerWork, event: EventObject) => void;
}

const postsMaxPerCall = 100;

/** Deliveries by time, over all accounts. */
export class DeliveryQueue {
  readonly #options: DeliveryQueueOptions;
  readonly #heap = new DueHeap();
  readonly #onTheWay = new Map<string, string>();

  constructor(options: DeliveryQueueOptions) {
    this.#options = options;
  }

  add(accountId: string, deliveryId: string, atMs: number): void {
    this.#heap.push(atMs, `${accountId} ${deliveryId}`);
  }

  /** Machine time of the earliest delivery, if any. */
  nextAtMs(): number | undefined {
    return this.#heap.first()?.at;
  }

  /** Whether nothing is waiting or on its way: what a test waits for. */
  isQuiet(): boolean {
    return this.#heap.size === 0 && this.#onTheWay.size === 0;
  }

  due(nowMs: number): WebhookPost[] {
    const posts: WebhookPost[] = [];
    while (posts.length < postsMaxPerCall) {
      const first = this.#heap.first();
      if (first === undefined || first.at > nowMs) break;
      this.#heap.pop();
      const [accountId = '', deliveryId = ''] = first.id.split(' ');
      const post = this.#prepare(accountId, deliveryId, first.at);
      if (post !== undefined) posts.push(post);
    }
    return posts;
  }

  report(id: string, report: DeliveryReport): void {
    const accountId = this.#onTheWay.get(id);
    this.#onTheWay.delete(id);
    const account = accountId === undefined ? undefined : this.#options.accountById(accountId);
    if (account === undefined) return;
    this.#options.transact(account, (work) => {
      const delivery = work.get(deliveries, id);
      if (delivery !== undefined && delivery.status === 'pending') this.#conclude(work, delivery, report);
    });
  }

  #prepare(accountId: string, deliveryId: string, atMs: number): WebhookPost | undefined {
    const account = this.#options.accountById(accountId);
    const delivery = account?.store.get(deliveries.type, deliveryId) as DeliveryRecord | undefined;
    if (account === undefined || delivery === undefined) return undefined;
    if (delivery.status !== 'pending' || delivery.nextAtMs !== atMs || this.#onTheWay.has(deliveryId)) return undefined;
    const receiver = this.#receiver(delivery);
    if (receiver === undefined) {
      // An endpoint that was disabled or deleted gets no more tries: https://docs.stripe.com/webhooks#retries
      this.#options.transact(account, (work) => finish(work, delivery, { status: 'canceled' }));
      return undefined;
    }
    this.#onTheWay.set(deliveryId, accountId);
    // Signed anew at each try: receivers refuse old timestamps.
    const signature = signatureHeader(delivery.body, receiver.secrets, {
      timestampSeconds: Math.floor(this.#options.machineNowMs() / 1000),
      livemode: account.record.livemode,
    });
    return {
      id: deliveryId,
      accountId,
      target: delivery.target,
      targetId: delivery.targetId,
      payload: delivery.payload,
      version: delivery.version,
      url: receiver.url,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': signature,
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      },
      body: delivery.body,
      eventId: delivery.event,
      eventType: delivery.eventType,
    };
  }

  /** As the receiver is now: it may have been changed, disabled or deleted since the event. */
  #receiver(delivery: DeliveryRecord): { url: string; secrets: string[] } | undefined {
    const { target, targetId, ownerId } = delivery;
    if (target === 'listener') return { url: '', secrets: [this.#options.listenerSecret(ownerId)] };
    const store = this.#options.accountById(ownerId)?.store;
    if (target === 'destination') {
      const destination = store?.get(eventDestinations.type, targetId) as EventDestinationObject | undefined;
      if (destination === undefined || destination.status !== 'enabled') return undefined;
      return { url: destination._url, secrets: [destination._secret] };
    }
    const endpoint = store?.get(webhookEndpoints.type, targetId) as WebhookEndpointObject | undefined;
    if (endpoint === undefined || endpoint.status !== 'enabled') return undefined;
    const previous = endpoint._previousSecret;
    const rolling = previous !== null && previous.until > this.#options.machineNowMs() / 1000;
    return { url: endpoint.url, secrets: rolling ? [endpoint._secret, previous.secret] : [endpoint._secret] };
  }

  #conclude(work: InnerWork, delivery: DeliveryRecord, report: DeliveryReport): void {
    const answerStatus = 'status' in report ? report.status : null;
    const facts = {
      attempts: delivery.attempts + 1,
      answerStatus,
      answerError: 'error' in report ? report.error : null,
    };
    if (answerStatus !== null && answerStatus >= 200 && answerStatus < 300) {
      finish(work, delivery, { ...facts, status: 'succeeded' });
      const event = delivery.target === 'listener' ? undefined : work.get(events, delivery.event);
      if (event?.pending_webhooks === 0) this.#options.delivered(work, event);
      return;
    }
    const delays = this.#options.retryDelaysSeconds[work.account.livemode ? 'live' : 'test'];
    const delay = delivery.target === 'listener' ? undefined : delays[delivery.attempts];
    if (delay === undefined) {
      finish(work, delivery, { ...facts, status: 'failed' });
      return;
    }
    const nextAtMs = this.#options.machineNowMs() + delay * 1000;
    work.update(deliveries, delivery, { ...facts, nextAtMs });
    this.add(work.account.id, delivery.id, nextAtMs);
  }
}

const finish = (work: InnerWork, delivery: DeliveryRecord, changes: Partial<DeliveryRecord>): void => {
  work.update(deliveries, delivery, { ...changes, body: '' });
  const event = work.get(events, delivery.event);
  if (
    event !== undefined &&
    delivery.target !== 'listener' &&
    changes.status === 'succeeded' &&
    event.pending_webhooks > 0
  ) {
    work.update(events, event, { pending_webhooks: event.pending_webhooks - 1 });
  }
  if (work.state.store.count(deliveries.type) > deliveriesMax) forgetOldest(work);
};

/** Deliveries looked at for one that may go: those that wait for a dead receiver stand before the finished ones. */
const lookedAtMax = 200;

const forgetOldest = (work: InnerWork): void => {
  const { store } = work.state;
  const first = store.oldest(deliveries.type);
  const start = first === undefined ? 0 : (store.position(deliveries.type, first.id) ?? 0);
  let lookedAt = 0;
  for (const found of store.oldestFirst(deliveries.type, start - 1)) {
    const delivery = found as DeliveryRecord;
    lookedAt += 1;
    if (delivery.status !== 'pending') {
      store.remove(deliveries, delivery.id);
      return;
    }
    if (lookedAt === lookedAtMax) return;
  }
};
