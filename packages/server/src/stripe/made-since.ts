import { err, ok, type Result } from '@tollbridge/core';
import type { StripeAccess, StripeFailure, StripeGateway } from './gateway.js';
import { strangeAnswer } from './strange-answer.js';

export const MADE_PAGE_SIZE = 100;

export interface MadePage {
  /** The newest first. */
  readonly ids: readonly string[];
  readonly hasMore: boolean;
}

export interface MadeSince {
  readonly sinceSeconds: number;
  readonly afterId: string | null;
}

/** Refunds that were made in the account since a second of Stripe's clock, whoever made them; a page after one of them. */
export const listRefundsSince = (
  stripe: StripeGateway,
  access: StripeAccess,
  since: MadeSince,
): Promise<Result<MadePage, StripeFailure>> =>
  listSince('refunds', () => stripe.call(access, (sdk) => sdk.refunds.list(paramsOf(since))));

/** Disputes that were opened in the account since a second of Stripe's clock; a page after one of them. */
export const listDisputesSince = (
  stripe: StripeGateway,
  access: StripeAccess,
  since: MadeSince,
): Promise<Result<MadePage, StripeFailure>> =>
  listSince('disputes', () => stripe.call(access, (sdk) => sdk.disputes.list(paramsOf(since))));

const paramsOf = ({ sinceSeconds, afterId }: MadeSince) => ({
  limit: MADE_PAGE_SIZE,
  created: { gte: sinceSeconds },
  ...(afterId === null ? {} : { starting_after: afterId }),
});

type Listed = { readonly data: readonly { readonly id: string }[]; readonly has_more: boolean };

async function listSince(
  name: string,
  list: () => Promise<Result<Listed, StripeFailure>>,
): Promise<Result<MadePage, StripeFailure>> {
  const listed = await list();
  if (!listed.ok) return listed;
  const { data, has_more: hasMore } = listed.value;
  if (!Array.isArray(data)) return err(strangeAnswer(`a list of ${name}`));
  const ids = data.flatMap(({ id }: { readonly id: unknown }) => (typeof id === 'string' ? [id] : []));
  // Without a name to go on from there is no next page to ask for.
  return ok({ ids, hasMore: hasMore && ids.length > 0 });
}
