import { invalidRequest } from './errors.js';
import type { RequestContext } from './work.js';

const limitDefault = 20;
const limitMax = 100;

type Page<T> = {
  readonly data: readonly T[];
  readonly next_page_url: string | null;
  readonly previous_page_url: null;
};

type Listing = RequestContext<{ readonly limit?: number; readonly page?: string }>;

/** One page of a list of version 2: the next one is named by the last object of this one, and asks for the same. */
export const version2Page = <T extends { readonly id: string }>(context: Listing, found: readonly T[]): Page<T> => {
  const { limit = limitDefault, page } = context.params;
  const start = page === undefined ? 0 : found.findIndex(({ id }) => id === page) + 1;
  // An answer from the beginning would let whoever pages through go round for ever.
  if (page !== undefined && start === 0) throw invalidRequest(`Invalid page: ${page}`, { param: 'page' });
  const data = found.slice(start, start + Math.min(limitMax, Math.max(1, limit)));
  const last = data.at(-1);
  const hasMore = last !== undefined && start + data.length < found.length;
  return { data, next_page_url: hasMore ? pageUrl(context, last.id) : null, previous_page_url: null };
};

const pageUrl = ({ params, url }: Listing, lastId: string): string => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (name !== 'page') append(query, name, value);
  query.set('page', lastId);
  return `${url}?${query}`;
};

const append = (query: URLSearchParams, name: string, value: unknown): void => {
  if (value === undefined || value === null) return;
  if (typeof value !== 'object') query.append(name, String(value));
  else for (const [key, one] of Object.entries(value)) append(query, `${name}[${key}]`, one);
};
