import { err, ok, type Result } from '@tollbridge/core';
import type { StripeFailure } from './gateway.js';
import { strangeAnswer } from './strange-answer.js';

const PAGE_LIMIT = 100;
const PAGES_MAX = 20;
/** The list was too long to look through: does not pass by itself, and is no proof either. */
export const SEARCH_EXHAUSTED = 'search_exhausted';

export interface ListPage {
  readonly limit: number;
  readonly starting_after?: string;
}

export interface ListSearch<Item> {
  /** What is listed, for the failure of an answer that is none. */
  readonly name: string;
  readonly matches: (item: Item) => boolean;
  /** Nothing of ours was sent before this: what is older need not be looked at. In seconds of Stripe's clock. */
  readonly notBeforeSeconds: number | null;
}

/**
 * Looks through one of Stripe's lists, the newest first; null when what is looked for is not there. A list shows an object
 * at once, where Stripe's search lags behind and is no proof of absence (https://docs.stripe.com/search#data-freshness).
 */
export async function findInList<Item extends { readonly id: string; readonly created: number }>(
  list: (
    page: ListPage,
  ) => Promise<Result<{ readonly data: readonly Item[]; readonly has_more: boolean }, StripeFailure>>,
  { name, matches, notBeforeSeconds }: ListSearch<Item>,
): Promise<Result<Item | null, StripeFailure>> {
  let after: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const listed = await list({ limit: PAGE_LIMIT, ...(after === undefined ? {} : { starting_after: after }) });
    if (!listed.ok) return listed;
    const { data, has_more: hasMore } = listed.value;
    if (!Array.isArray(data)) return err(strangeAnswer(`a list of ${name}`));
    const found = data.find(matches);
    if (found !== undefined) return ok(found);
    const last: Item | undefined = data.at(-1);
    if (!hasMore || last === undefined || last.created < (notBeforeSeconds ?? 0)) return ok(null);
    after = last.id;
  }
  // Not having found it in so many is no proof that it is not there.
  return err({
    ...strangeAnswer(`a list of ${name}`),
    code: SEARCH_EXHAUSTED,
    message: `There are too many ${name} to look through.`,
  });
}
