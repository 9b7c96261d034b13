import { ok, type Result } from '@tollbridge/core';
import type { StripeAccess, StripeFailure, StripeGateway } from './gateway.js';

export interface EventsPage {
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly hasMore: boolean;
}

export const EVENTS_PAGE_SIZE = 100;

/** A page of the account's events, newest first, not older than a second; after the event of a given id. */
export async function listStripeEvents(
  stripe: StripeGateway,
  access: StripeAccess,
  { sinceSeconds, afterId }: { readonly sinceSeconds: number; readonly afterId: string | null },
): Promise<Result<EventsPage, StripeFailure>> {
  const answer = await stripe.call(access, (sdk) =>
    sdk.events.list({
      limit: EVENTS_PAGE_SIZE,
      created: { gte: sinceSeconds },
      ...(afterId === null ? {} : { starting_after: afterId }),
    }),
  );
  if (!answer.ok) return answer;
  const events = answer.value.data as unknown as EventsPage['events'];
  return ok({ events, hasMore: answer.value.has_more });
}
