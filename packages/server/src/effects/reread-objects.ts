import {
  type Connection,
  type EventGap,
  err,
  MILLISECONDS_PER_SECOND,
  nextStage,
  ok,
  type Result,
} from '@tollbridge/core';
import { Changes } from '../changes.js';
import { pollStripeEventsJob, rereadObjectsJob } from '../connections/connection-jobs.js';
import { signToLookAt } from '../connections/held-objects.js';
import { addToInbox } from '../connections/stripe-inbox.js';
import { passingResult } from '../connections/stripe-job.js';
import type { Context } from '../context.js';
import type { JobHandler } from '../jobs/handlers.js';
import { nothingToDo } from '../jobs/run-job.js';
import { findConnectionWithCursor } from '../store/connection-cursors.js';
import type { ConnectionWithAccess } from '../store/connections.js';
import { type HeldObject, type HeldStage, listHeldObjects } from '../store/held-objects.js';
import { stripeEventPollsTable } from '../store/stripe-event-polls.js';
import type { StripeFailure } from '../stripe/gateway.js';
import { listDisputesSince, listRefundsSince, type MadePage } from '../stripe/made-since.js';

const HELD_PAGE_SIZE = 200;

/**
 * After a gap longer than Stripe keeps events (CON-10), signs are given to look at what we hold, and at the refunds and disputes
 * that were made at Stripe since: a page a job, so that it can be stopped anywhere and goes on where it was. What was looked at
 * as it is now is as if every event about it had come.
 */
export const rereadObjects: JobHandler = async (context, job) => {
  const asked = { environmentId: job.environmentId, id: String(job.payload.connectionId) };
  const found = await findConnectionWithCursor(context, asked, stripeEventPollsTable);
  if (found === null || found.connection.status === 'disconnected') return nothingToDo();
  const { connection, cursor: poll } = found;
  const gap = poll?.gap ?? null;
  if (poll === null || gap === null || gap.stage === null) return nothingToDo();
  const page = await pageOf(context, found, gap);
  if (!page.ok) {
    const passing = passingResult(context, job, { failure: page.error, connected: found });
    return passing ?? { kind: 'give_up', error: { code: page.error.kind, message: page.error.message } };
  }
  const gapId = String(Math.floor(gap.openedAt / MILLISECONDS_PER_SECOND));
  const signs = page.value.objects.map((held) => signToLookAt(context, connection, { gapId, held }));
  const { after } = page.value;
  const stage = after === null ? nextStage(gap.stage) : gap.stage;
  const objectsReread = gap.objectsReread + signs.length;
  const next: EventGap = { ...gap, objectsReread, stage, stageAfter: after };
  const changes = addToInbox(context, new Changes(), signs).update(stripeEventPollsTable, { ...poll, gap: next });
  // The pass of polling after it says that all of it is fetched and applied.
  changes.enqueue(
    next.stage === null ? pollStripeEventsJob(context, connection) : rereadObjectsJob(context, connection),
  );
  return { kind: 'done', changes };
};

interface Page {
  readonly objects: readonly HeldObject[];
  /** Where the stage goes on; null at its end. */
  readonly after: string | null;
}

function pageOf(context: Context, found: ConnectionWithAccess, gap: EventGap): Promise<Result<Page, StripeFailure>> {
  const { stage } = gap;
  if (stage === null) return Promise.resolve(ok({ objects: [], after: null }));
  if (stage !== 'refunds_at_stripe' && stage !== 'disputes_at_stripe')
    return heldPage(context, found.connection, { gap, stage });
  const since = { sinceSeconds: Math.floor(gap.since / MILLISECONDS_PER_SECOND), afterId: gap.stageAfter };
  return stage === 'refunds_at_stripe'
    ? madePage('refund.updated', listRefundsSince(context.stripe, found.access, since))
    : madePage('charge.dispute.updated', listDisputesSince(context.stripe, found.access, since));
}

async function heldPage(
  context: Context,
  connection: Connection,
  { gap, stage }: { readonly gap: EventGap; readonly stage: HeldStage },
): Promise<Result<Page, StripeFailure>> {
  const { since, stageAfter: after } = gap;
  const objects = await listHeldObjects(context.db, connection, { stage, after, since, limit: HELD_PAGE_SIZE });
  return ok({ objects, after: objects.length < HELD_PAGE_SIZE ? null : (objects.at(-1)?.objectId ?? null) });
}

async function madePage(
  type: string,
  listing: Promise<Result<MadePage, StripeFailure>>,
): Promise<Result<Page, StripeFailure>> {
  const listed = await listing;
  // Without the right to read disputes nothing is known of them, as in quiet times.
  if (!listed.ok && listed.error.kind === 'forbidden') return ok({ objects: [], after: null });
  if (!listed.ok) return err(listed.error);
  const { hasMore, ids } = listed.value;
  return ok({
    objects: ids.map((objectId) => ({ type, objectId, mode: null })),
    after: hasMore ? (ids.at(-1) ?? null) : null,
  });
}
