import type { StoredObject, StripeObject } from './collection.js';
import { createDeliveries } from './deliveries.js';
import type { InnerWork } from './engine.js';
import { type EventObject, events } from './events.js';
import { shown } from './rendering.js';

/**
 * Keeps an event with the object as it is now and queues it for everyone who wants it, each in its own version. Gives how
 * many webhook endpoints have yet to take it. What happens on a test clock is told in the account's own time.
 * Snapshots are never rendered again: what an endpoint gets on a retry is what it would have got at first.
 */
export const recordEvent = (work: InnerWork, type: string, object: StoredObject, before?: StoredObject): number => {
  const happening = { type, object, before };
  const event = eventIn(work, work.account.defaultVersion, { id: work.newId('evt'), ...happening });
  if (event === undefined) return 0;
  const queued = keepEvent(work, event, happening);
  // Two events with ids of their own may tell of one change: https://docs.stripe.com/webhooks#handle-duplicate-events
  if (work.engine.isTwinned(work.account.id, type)) keepEvent(work, { ...event, id: work.newId('evt') }, happening);
  return queued;
};

const keepEvent = (work: InnerWork, event: EventObject, happening: Omit<Happening, 'id'>): number => {
  const render = (version: string): EventObject =>
    version === event.api_version ? event : (eventIn(work, version, { id: event.id, ...happening }) ?? event);
  const queued = createDeliveries(work, { event, object: happening.object, render });
  work.put(events, queued === 0 ? event : { ...event, pending_webhooks: queued });
  return queued;
};

interface Happening {
  readonly id: string;
  readonly type: string;
  readonly object: StoredObject;
  readonly before: StoredObject | undefined;
}

/** Undefined when the change shows in no field: Stripe sends no event for it either. */
const eventIn = (work: InnerWork, version: string, happening: Happening): EventObject | undefined => {
  const after = shown(work, happening.object, version);
  const previous =
    happening.before === undefined ? undefined : previousAttributes(shown(work, happening.before, version), after);
  if (previous !== undefined && Object.keys(previous).length === 0) return undefined;
  return {
    id: happening.id,
    object: 'event',
    api_version: version,
    created: work.accountNow,
    data: previous === undefined ? { object: after } : { object: after, previous_attributes: previous },
    livemode: work.account.livemode,
    pending_webhooks: 0,
    request: work.shownCause,
    type: happening.type,
  };
};

/** The changed fields with what they were; inside an object only its changed keys, a list whole. */
export const previousAttributes = (before: StripeObject, after: StripeObject): Record<string, unknown> => {
  const previous: Record<string, unknown> = {};
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [one, other] = [before[field], after[field]];
    if (one === other || sameJson(one, other)) continue;
    previous[field] = isPlain(one) && isPlain(other) ? previousAttributes(one, other) : (one ?? null);
  }
  return previous;
};

const sameJson = (one: unknown, other: unknown): boolean =>
  typeof one === 'object' && typeof other === 'object' && JSON.stringify(one) === JSON.stringify(other);

const isPlain = (value: unknown): value is StripeObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && (value as StripeObject).object !== 'list';
