import { createHash } from 'node:crypto';
import type { Collection, StoredObject } from '../collection.js';
import type { InnerWork } from '../engine.js';
import { invalidRequest, type Refusal } from '../errors.js';
import type { SearchAnswer } from '../work.js';
import { matches, type Searchable } from './matching.js';
import { parsedQuery, requireSearchable } from './query.js';

const limitDefault = 10;
/** https://docs.stripe.com/api/customers/search: unlike lists, search refuses what is out of bounds. */
const limitMax = 100;

export interface SearchParams {
  readonly query: string;
  readonly limit?: number;
  readonly page?: string;
}

/** One page of what matched some time ago, newest first; its tokens belong to their query and to no other list. */
export const searchPage = <T extends StoredObject>(
  work: InnerWork,
  collection: Collection<T>,
  params: SearchParams,
  asked: { readonly searchable: Searchable<T>; readonly url: string },
): SearchAnswer<T> => {
  const limit = checkedLimit(params.limit);
  const query = parsedQuery(params.query);
  requireSearchable(query, asked.searchable.fields, asked.searchable.resource);
  const found = [...indexed(work, collection)].filter((object) => matches(asked.searchable, query, object));
  const start = params.page === undefined ? 0 : placeOf(params.page, params.query, found);
  const data = found.slice(start, start + limit);
  const last = data.at(-1);
  const hasMore = last !== undefined && start + limit < found.length;
  return {
    object: 'search_result',
    data,
    has_more: hasMore,
    next_page: hasMore ? pageToken(params.query, last.id) : null,
    total_count: found.length,
    url: asked.url,
  };
};

/** Objects as the index has them: what was made, changed or removed within the lag is not known to it yet. */
function* indexed<T extends StoredObject>(work: InnerWork, collection: Collection<T>): Iterable<T> {
  const asOf = work.now - work.state.searchLagSeconds;
  const changed = work.state.indexLag.asOf(collection.type, asOf) as Map<string, T>;
  const current = work.newestFirst(collection);
  const isIndexed = (object: T): boolean => ((object as { created?: number }).created ?? 0) <= asOf;
  for (const object of current) {
    const then = changed.get(object.id) ?? object;
    changed.delete(object.id);
    if (isIndexed(then)) yield then;
  }
  for (const removed of changed.values()) if (isIndexed(removed)) yield removed;
}

const checkedLimit = (limit: number | undefined): number => {
  if (limit === undefined) return limitDefault;
  if (limit >= 1 && limit <= limitMax) return limit;
  const message =
    limit < 1
      ? 'This value must be greater than or equal to 1.'
      : `This value must be less than or equal to ${limitMax} (it currently is '${limit}').`;
  throw invalidRequest(message, { code: 'parameter_invalid_integer', param: 'limit' });
};

const checksumLength = 8;

const checksum = (query: string): string =>
  createHash('sha256').update(query).digest('base64url').slice(0, checksumLength);

const pageToken = (query: string, lastId: string): string =>
  Buffer.from(`${checksum(query)} ${lastId}`).toString('base64url');

/** Where the page that a token asks for begins. */
const placeOf = (token: string, query: string, found: readonly StoredObject[]): number => {
  const [sum = '', lastId = ''] = Buffer.from(token, 'base64url').toString('utf8').split(' ');
  const last = found.findIndex((object) => object.id === lastId);
  if (sum !== checksum(query) || last < 0) throw invalidPage(token);
  return last + 1;
};

/** Stripe names the token itself as the parameter. */
const invalidPage = (token: string): Refusal => invalidRequest(`${token} is an invalid page.`, { param: token });
