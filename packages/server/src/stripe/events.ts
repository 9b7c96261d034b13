import { err, ok, type Result } from '@tollbridge/core';
import type { StripeAccess, StripeFailure, StripeGateway } from './gateway.js';
import { strangeAnswer } from './strange-answer.js';

export interface EventsPage {
  /** As they came: each is looked at before it is believed. */
  readonly events: readonly ({ readonly id?: unknown } | null)[];
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
  const { data, has_more: hasMore }: { readonly data: unknown; readonly has_more: boolean } = answer.value;
  if (!Array.isArray(data)) return err(strangeAnswer('a list of events'));
  return ok({ events: data, hasMore });
}

/** Unix seconds of the newest event of the account; 0 when there is none. */
export async function newestStripeEvent(
  stripe: StripeGateway,
  access: StripeAccess,
): Promise<Result<number, StripeFailure>> {
  const answer = await stripe.call(access, (sdk) => sdk.events.list({ limit: 1 }));
  return answer.ok ? ok(answer.value.data[0]?.created ?? 0) : answer;
}
