import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { isConflict } from '../jobs/run-job.js';
import { commit } from '../store/commit.js';
import { isKnownStripeEvent, type StripeEventRow } from '../store/stripe-events.js';
import { textFromUtf8 } from '../utf8.js';
import { addToInbox } from './stripe-inbox.js';

/** What the bytes that Stripe pushed say; undefined when they are no JSON in UTF-8. */
export function jsonFromStripe(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textFromUtf8(bytes) ?? '');
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** How often it is looked again because others wrote at the same moment. */
const CONFLICTS_MAX = 10;

/**
 * Keeps what was pushed, in one commit: one event, in the inbox of each connection that it is about. Stripe pushes what
 * happened to one object side by side, to one server or to several: of the jobs that meet there one becomes the first of its
 * key, and the others look again. Refused, the event would come again only after an hour or so.
 */
export async function keepPushed(context: Context, rows: readonly StripeEventRow[]): Promise<void> {
  for (let conflict = 1; ; conflict++) {
    const news: StripeEventRow[] = [];
    for (const row of rows) if (!(await isKnownStripeEvent(context.db, row))) news.push(row);
    if (news.length === 0) return;
    try {
      await commit(context.db, addToInbox(context, new Changes(), news), context.clock.machineNow());
      return;
    } catch (error) {
      if (!isConflict(error) || conflict >= CONFLICTS_MAX) throw error;
    }
  }
}
