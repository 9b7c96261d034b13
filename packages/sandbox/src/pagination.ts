import type { Collection, StoredObject } from './collection.js';
import type { InnerWork } from './engine.js';
import { invalidRequest, resourceMissing } from './errors.js';
import type { ListAnswer, ListOptions } from './work.js';

const limitDefault = 10;
/** https://docs.stripe.com/api/pagination */
const limitMax = 100;

interface PageParams {
  readonly limit?: number;
  readonly starting_after?: string;
  readonly ending_before?: string;
  readonly created?: number | { gt?: number; gte?: number; lt?: number; lte?: number };
}

/** One page, newest first; cursors are exclusive and an unknown one is refused, for an empty page would look like the end. */
export const pageOf = <T extends StoredObject>(
  work: InnerWork,
  collection: Collection<T>,
  params: PageParams,
  options: ListOptions<T> & { url: string },
): ListAnswer<T> => {
  const limit = clampedLimit(params.limit);
  const cursor = params.starting_after ?? params.ending_before;
  const position = cursor === undefined ? undefined : work.state.store.position(collection.type, cursor);
  if (cursor !== undefined && position === undefined) {
    throw resourceMissing(
      collection.label,
      cursor,
      params.starting_after === undefined ? 'ending_before' : 'starting_after',
    );
  }
  if (params.starting_after !== undefined && params.ending_before !== undefined) {
    throw invalidRequest('Received both starting_after and ending_before parameters. Please pass in only one.');
  }
  const backwards = params.ending_before !== undefined;
  const from = candidates(work, collection, { where: options.where, backwards, position });
  const data: T[] = [];
  let hasMore = false;
  for (const object of from) {
    if (!inRange((object as { created?: number }).created, params.created)) continue;
    if (options.filter !== undefined && !options.filter(object)) continue;
    hasMore = data.length === limit;
    if (hasMore) break;
    data.push(object);
  }
  return { object: 'list', data: backwards ? data.reverse() : data, has_more: hasMore, url: options.url };
};

/** A page of what an object holds itself, in the order it has there: the lines of an invoice. */
export const itemsPage = <T extends { readonly id: string }>(
  items: readonly T[],
  params: PageParams,
  { url, label }: { readonly url: string; readonly label: string },
): ListAnswer<T> => {
  const limit = clampedLimit(params.limit);
  const cursor = params.starting_after ?? params.ending_before;
  const at = items.findIndex((item) => item.id === cursor);
  const isForwards = params.ending_before === undefined;
  if (cursor !== undefined && at < 0) {
    throw resourceMissing(label, cursor, isForwards ? 'starting_after' : 'ending_before');
  }
  const left = isForwards ? items.slice(at + 1) : items.slice(0, at);
  const data = isForwards ? left.slice(0, limit) : left.slice(Math.max(0, left.length - limit));
  return { object: 'list', data, has_more: left.length > limit, url };
};

interface From<T> {
  readonly where: ListOptions<T & StoredObject>['where'];
  /** Away from the cursor towards newer objects. */
  readonly backwards: boolean;
  readonly position: number | undefined;
}

/** Objects beyond the cursor, nearest first. */
const candidates = <T extends StoredObject>(work: InnerWork, collection: Collection<T>, from: From<T>): Iterable<T> => {
  const { store } = work.state;
  const { where, backwards, position } = from;
  if (where === undefined) {
    const all = backwards ? store.oldestFirst(collection.type, position) : store.newestFirst(collection.type, position);
    return all as Iterable<T>;
  }
  const found = work.where(collection, where.field, where.value);
  const placeOf = (object: T): number => store.position(collection.type, object.id) ?? -1;
  if (backwards) return found.filter((object) => placeOf(object) > (position ?? -1));
  return found.filter((object) => placeOf(object) < (position ?? Number.POSITIVE_INFINITY)).reverse();
};

/** Stripe gives the nearest page it has instead of refusing; its search refuses. */
const clampedLimit = (limit: number | undefined): number =>
  limit === undefined ? limitDefault : Math.min(limitMax, Math.max(1, limit));

/** Whether a time lies in what a list asks for; what has no such time is not left out. */
export const inRange = (created: number | undefined, range: PageParams['created']): boolean => {
  if (range === undefined || created === undefined) return true;
  if (typeof range === 'number') return created === range;
  const { gt, gte, lt, lte } = range;
  return (
    (gt === undefined || created > gt) &&
    (gte === undefined || created >= gte) &&
    (lt === undefined || created < lt) &&
    (lte === undefined || created <= lte)
  );
};
