import { type Connection, isPartedWith, type Result } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { checkConnectionJob } from '../connections/connection-jobs.js';
import { keysErased, lastCallByKey } from '../connections/last-call-by-key.js';
import { accountDetached, lastCallManaged } from '../connections/last-call-managed.js';
import { appLeft, lastCallOauth } from '../connections/last-call-oauth.js';
import type { Context } from '../context.js';
import type { JobBurial, JobHandler } from '../jobs/handlers.js';
import type { Job } from '../jobs/queue.js';
import { failed } from '../jobs/run-job.js';
import { countUnderWayThrough } from '../jobs/under-way-through.js';
import { findConnection } from '../store/connections.js';
import type { StripeFailure } from '../stripe/gateway.js';

/** Nobody begins anything through it any more, so this is waited out within a call or two. */
const LOOK_AGAIN_MILLISECONDS = 500;

/**
 * The end of a connection that somebody parted with (CON-7): what was under way through it has come to its end, then the last
 * call there is goes to Stripe, and the access is gone. Brought back meanwhile, it stays as it is.
 */
export const endConnection: JobHandler = async (context, job) => {
  const connection = await findConnection(context.db, job.environmentId, String(job.payload.connectionId));
  if (connection === null || !isPartedWith(connection))
    return { kind: 'done', changes: lookedAfter(context, connection) };
  const underWay = await countUnderWayThrough(context.db, job, {
    connectionId: connection.id,
    now: context.clock.machineNow(),
  });
  if (underWay > 0)
    return {
      kind: 'later',
      delayMilliseconds: LOOK_AGAIN_MILLISECONDS,
      error: { code: 'calls_under_way', message: `${underWay} calls to Stripe have not come to their end yet` },
      uncounted: true,
    };
  const called = await ENDS[connection.mode].last(context, connection);
  if (!called.ok) return failed(context, job, { code: called.error.kind, message: called.error.message });
  return { kind: 'done', changes: called.value };
};

/** What a mode asks of Stripe last, and what is left when Stripe could not be asked for so long. */
interface End {
  last(context: Context, connection: Connection): Promise<Result<Changes, StripeFailure>>;
  without(context: Context, connection: Connection): Changes | Promise<Changes>;
}

const ENDS: Readonly<Record<Connection['mode'], End>> = {
  key: { last: lastCallByKey, without: keysErased },
  managed: { last: lastCallManaged, without: (_context, connection) => accountDetached(connection) },
  oauth: { last: lastCallOauth, without: (_context, connection) => appLeft(connection) },
};

/** Brought back while its end was under way: the check finds what is gone at Stripe, and has it made anew. */
function lookedAfter(context: Context, connection: Connection | null): Changes {
  const changes = new Changes();
  if (connection === null || connection.status === 'disconnected') return changes;
  return changes.enqueue(checkConnectionJob(context, connection));
}

/** Stripe could not be asked for so long: the access goes all the same. */
export const buryEndOfConnection: JobBurial = async (context, job: Pick<Job, 'environmentId' | 'payload'>) => {
  const connection = await findConnection(context.db, job.environmentId, String(job.payload.connectionId));
  if (connection === null || !isPartedWith(connection))
    return { kind: 'done', changes: lookedAfter(context, connection) };
  return { kind: 'done', changes: await ENDS[connection.mode].without(context, connection) };
};
