import { type Instant, isOver } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { waitsForConnection } from '../connections/wait-for-connection.js';
import type { Context } from '../context.js';
import type { JobBurial, JobHandler, JobResult } from '../jobs/handlers.js';
import type { Job } from '../jobs/queue.js';
import { backoffMilliseconds, nothingToDo } from '../jobs/run-job.js';
import { findConnectionOrAccess } from '../store/connections.js';
import { findStripeEvent, type StripeEventRow, stripeEventOutcomesTable } from '../store/stripe-events.js';
import { type StripeEventResult, stripeEventHandlerOf } from '../stripe-event-handlers.js';

/** Gives a stored event to whoever listens to its type; what he decides and that it is done are one commit. */
export const applyStripeEvent: JobHandler = async (context, job) => {
  const row = await findStripeEvent(context.db, job.environmentId, String(job.payload.stripeEventId));
  if (row === null || row.status !== 'pending') return nothingToDo();
  const found = await findConnectionOrAccess(context, row.environmentId, row.connectionId);
  if (found === null) return nothingToDo();
  const { connection, access } = found;
  if (isOver(connection))
    return ended(new Changes(), { ...row, status: 'ignored', processedAt: context.clock.machineNow() });
  const waiting = waitsForConnection(connection);
  if (waiting !== null && row.type !== 'account.application.deauthorized') return waiting;
  const now = context.clock.machineNow();
  const handler = stripeEventHandlerOf(row.type);
  if (handler === null) return ended(new Changes(), { ...row, status: 'ignored', processedAt: now });
  const event = {
    environmentId: row.environmentId,
    connection,
    access,
    id: row.stripeEventId,
    type: row.type,
    objectId: row.objectId,
    object: objectOf(row),
    livemode: row.livemode,
  };
  return settled(context, job, { row, result: await handler(context, event), now });
};

/**
 * The event itself becomes the dead letter: the inbox is where those of Stripe's are seen and replayed (EVT-4), so the job
 * is done.
 */
export const buryStripeEvent: JobBurial = async (context, job, error) => {
  const row = await findStripeEvent(context.db, job.environmentId, String(job.payload.stripeEventId));
  if (row === null || row.status !== 'pending') return { kind: 'done', changes: new Changes() };
  const lastError = `${error.code}: ${error.message}`;
  const processedAt = context.clock.machineNow();
  const dead: StripeEventRow = { ...row, status: 'dead', attempts: job.attempts, lastError, processedAt };
  return { kind: 'done', changes: new Changes().update(stripeEventOutcomesTable, dead) };
};

const objectOf = (row: StripeEventRow): Readonly<Record<string, unknown>> => {
  const data = row.payload.data as { readonly object?: Readonly<Record<string, unknown>> } | undefined;
  return data?.object ?? {};
};

interface Applied {
  readonly row: StripeEventRow;
  readonly result: StripeEventResult;
  readonly now: Instant;
}

function settled(context: Context, job: Job, { row, result, now }: Applied): JobResult {
  if (result.kind === 'applied')
    return ended(result.changes, { ...row, status: 'applied', lastError: null, processedAt: now });
  if (result.kind === 'foreign') return ended(new Changes(), { ...row, status: 'foreign', processedAt: now });
  const error = { code: result.code, message: result.message };
  if (job.attempts >= job.attemptsMax) return { kind: 'give_up', error };
  const failed = { ...row, attempts: job.attempts, lastError: `${error.code}: ${error.message}` };
  const changes = new Changes().update(stripeEventOutcomesTable, failed);
  return { kind: 'later', delayMilliseconds: backoffMilliseconds(context, job.attempts), error, changes };
}

const ended = (changes: Changes, row: StripeEventRow): JobResult => ({
  kind: 'done',
  changes: changes.update(stripeEventOutcomesTable, row),
});
