import { defineCollection, type StoredObject } from './collection.js';
import { contract } from './contract/contract.js';
import type { InnerWork } from './engine.js';
import type { EventObject } from './events.js';
import type { ThinFacts } from './work.js';

/** https://docs.stripe.com/event-destinations#thin-events: says that something happened to what, and holds no data. */
export interface ThinEventObject extends StoredObject, ThinFacts {
  readonly object: 'v2.core.event';
  /** The account it happened in, when that is not the receiver's own. */
  readonly context?: string;
  readonly created: string;
  readonly livemode: boolean;
  readonly reason?: {
    readonly type: 'request';
    readonly request: { readonly id: string; readonly idempotency_key: string };
  };
  /** Left out when no snapshot tells of the same. */
  readonly snapshot_event?: string;
  readonly type: string;
}

export const thinEvents = defineCollection<ThinEventObject>({
  type: 'v2.core.event',
  prefix: 'evt_test',
  label: 'event',
});

const thinTypes = new Set(contract.thinEvents);

/** The thin type of an event, undefined when it has none. Those of version 2 have nothing but thin ones. */
export const thinTypeOf = (type: string): string | undefined => {
  if (type.startsWith('v2.')) return type;
  const thin = `v1.${type}`;
  return thinTypes.has(thin) ? thin : undefined;
};

/** Keeps the thin event of a snapshot, undefined when nobody could fetch its object. */
export const putThinEvent = (
  work: InnerWork,
  snapshot: EventObject,
  object: StoredObject,
): ThinEventObject | undefined => {
  const type = thinTypeOf(snapshot.type);
  const kind = (object as { object?: unknown }).object;
  const url = typeof kind === 'string' ? work.engine.collectionOf(kind)?.path?.(object as never) : undefined;
  if (type === undefined || url === undefined) return undefined;
  return work.put(thinEvents, {
    ...newThinEvent(work, type),
    related_object: { id: object.id, type: String(kind), url },
    snapshot_event: snapshot.id,
  });
};

const newThinEvent = (work: InnerWork, type: string): ThinEventObject => {
  const { id, idempotency_key: key } = work.shownCause;
  return {
    id: work.newId(work.account.livemode ? 'evt_live' : 'evt_test'),
    object: 'v2.core.event',
    created: isoTime(work.accountNow),
    livemode: work.account.livemode,
    ...(id === null ? {} : { reason: { type: 'request', request: { id, idempotency_key: key ?? '' } } }),
    type,
  };
};

/** Keeps an event that comes thin alone. */
export const putThinAlone = (work: InnerWork, type: string, facts: ThinFacts): ThinEventObject =>
  work.put(thinEvents, { ...newThinEvent(work, type), ...facts });

/** Times of version 2 are texts. */
export const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** What is sent: the event without what fetching it adds. */
export const notificationOf = (event: ThinEventObject, context: string | null): object => {
  const { id, object, type, created, livemode, related_object, reason, snapshot_event } = event;
  return {
    id,
    object,
    type,
    created,
    livemode,
    ...(context === null ? {} : { context }),
    ...(related_object === undefined ? {} : { related_object }),
    ...(reason === undefined ? {} : { reason }),
    ...(snapshot_event === undefined ? {} : { snapshot_event }),
  };
};
