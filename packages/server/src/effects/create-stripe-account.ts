import {
  type AccountWanted,
  type Connection,
  type ConnectionVerdict,
  invariant,
  isPartedWith,
  MILLISECONDS_PER_SECOND,
} from '@tollbridge/core';
import { Changes } from '../changes.js';
import { connectionChanged, stepsOfStatus } from '../connections/connection-changes.js';
import { seeToPlatformJob } from '../connections/connection-jobs.js';
import { accountSeen } from '../connections/read-account.js';
import type { Context } from '../context.js';
import type { JobBurial, JobHandler, JobResult } from '../jobs/handlers.js';
import type { Job } from '../jobs/queue.js';
import { failed, nothingToDo } from '../jobs/run-job.js';
import { commitRow } from '../store/commit.js';
import { connectionsTable, findConnection } from '../store/connections.js';
import { findStripeEventPoll, stripeEventPollsTable } from '../store/stripe-event-polls.js';
import { createCoreAccount, isRequestForgotten, type MadeAccount } from '../stripe/core-accounts.js';
import { isPassing, type StripeFailure } from '../stripe/gateway.js';
import { platformAccess } from '../stripe-platform.js';

const REFUSED_WAIT_MILLISECONDS = 60_000;

/**
 * Has the platform make the account of a connection, once (CON-1): every try sends the same under the same key, made from
 * our row, so Stripe makes one, whatever becomes of its answers.
 */
export const createStripeAccount: JobHandler = async (context, job) => {
  const connection = await findConnection(context.db, job.environmentId, String(job.payload.connectionId));
  if (connection === null || connection.accountWanted === null) return nothingToDo();
  // Whether it is there all the same, and is to be closed, is for the end of the connection to find out.
  if (isPartedWith(connection)) return nothingToDo();
  const platform = platformAccess(context.settings, connection);
  if (platform === null)
    return notMade(context, connection, { message: 'This installation has no platform key for it.' });
  const asking = await asked(context, { ...connection, accountWanted: connection.accountWanted });
  if (asking === null) return notMade(context, connection, { message: KEY_FORGOTTEN });
  const { accountWanted, id: connectionId } = asking;
  const made = await createCoreAccount(context.stripe, platform, { ...accountWanted, connectionId });
  if (made.ok) return madeResult(context, asking, made.value);
  return refused(context, job, { connection: asking, failure: made.error });
};

type Wanting = Connection & { readonly accountWanted: AccountWanted };

const KEY_FORGOTTEN =
  'It was asked for a month ago, and nobody knows whether it was made. Look at Stripe, and connect anew.';

/**
 * Writes down that Stripe is asked, before it is: from then on the account may be there, whoever parts with the connection. Null
 * when it was asked so long ago that the same request could make a second one. Throws VersionConflict when somebody was faster.
 */
async function asked(context: Context, connection: Wanting): Promise<Wanting | null> {
  const machineNow = context.clock.machineNow();
  const { accountWanted } = connection;
  if (accountWanted.askedAt !== null) return isRequestForgotten(accountWanted.askedAt, machineNow) ? null : connection;
  const row: Wanting = { ...connection, accountWanted: { ...accountWanted, askedAt: machineNow } };
  return { ...row, version: (await commitRow(context.db, connectionsTable, { row, machineNow })).version };
}

/** Stripe could not be asked for so long: whoever presses again begins again. */
export const buryAccountCreation: JobBurial = async (context, job, error) => {
  const connection = await findConnection(context.db, job.environmentId, String(job.payload.connectionId));
  if (connection === null || connection.accountWanted === null) return { kind: 'done', changes: new Changes() };
  return {
    kind: 'done',
    changes: troubled(context, connection, { reason: 'account_not_made', message: error.message }),
  };
};

async function madeResult(context: Context, before: Connection, made: MadeAccount): Promise<JobResult> {
  const { stripeAccountId } = made;
  const seen = accountSeen({ ...before, stripeAccountId, accountWanted: null }, made.state);
  const now = context.clock.machineNow();
  const steps = stepsOfStatus(context, seen.connection, { verdicts: [seen.verdict], now });
  const changes = connectionChanged(context, new Changes(), { before, steps, actor: 'system' });
  const poll = await findStripeEventPoll(context.db, before.environmentId, before.id);
  invariant(poll !== null, 'a connection is made with its poll');
  // There is nothing to read from before it was made, by Stripe's own clock.
  const seenUntil = BigInt(Math.floor((made.createdAt ?? before.createdAt) / MILLISECONDS_PER_SECOND));
  changes.update(stripeEventPollsTable, { ...poll, seenUntil });
  return { kind: 'done', changes: changes.enqueue(seeToPlatformJob(context, before)) };
}

function refused(
  context: Context,
  job: Job,
  { connection, failure }: { readonly connection: Connection; readonly failure: StripeFailure },
): JobResult {
  const { kind, message } = failure;
  if (kind === 'unauthorized')
    return {
      kind: 'later',
      delayMilliseconds: REFUSED_WAIT_MILLISECONDS,
      error: { code: 'platform_key_refused', message },
      uncounted: true,
      changes: troubled(context, connection, { reason: 'platform_key_refused', message }),
    };
  if (isPassing(failure)) return failed(context, job, { code: kind, message });
  return notMade(context, connection, failure);
}

const notMade = (context: Context, connection: Connection, { message }: Pick<StripeFailure, 'message'>): JobResult => ({
  kind: 'done',
  changes: troubled(context, connection, { reason: 'account_not_made', message }),
});

function troubled(context: Context, before: Connection, verdict: ConnectionVerdict): Changes {
  const steps = stepsOfStatus(context, before, { verdicts: [verdict], now: context.clock.machineNow() });
  return connectionChanged(context, new Changes(), { before, steps, actor: 'system' });
}
