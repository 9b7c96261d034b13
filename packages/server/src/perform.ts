import { addMilliseconds } from '@tollbridge/core';
import type { NewJob } from './changes.js';
import type { Context } from './context.js';
import { claimJob, findJobState } from './jobs/queue.js';
import { runJob } from './jobs/run-job.js';

/** How long a request waits for the world before it answers 202 and leaves the rest to the worker. */
export const INLINE_WAIT_MILLISECONDS = 10_000;
const POLL_MILLISECONDS = 50;
const POLLS_MAX = INLINE_WAIT_MILLISECONDS / POLL_MILLISECONDS;
/** Longer than any single call to Stripe may take (`stripe/gateway.ts`). */
const LEASE_MILLISECONDS = 60_000;

export type Performed =
  | { readonly kind: 'done' }
  /** The job gave up; its error says why. */
  | { readonly kind: 'dead'; readonly error: { readonly code: string; readonly message: string } | null }
  /** Still under way: the worker goes on. */
  | { readonly kind: 'waiting'; readonly error: { readonly code: string; readonly message: string } | null };

/** The same job, already leased to the request that commits it, so that no worker takes it in between. */
export function leasedHere(context: Context, job: NewJob): NewJob {
  const token = Buffer.from(context.randomBytes(12)).toString('hex');
  const until = addMilliseconds(context.clock.machineNow(), LEASE_MILLISECONDS);
  return { ...job, lease: { token, until } };
}

/**
 * Does a committed job now, because a person is waiting for it, in the way the worker would: same handler, same lease,
 * same outcome commit. When it is not its turn, or somebody else has it, waits for it.
 */
export async function performJob(
  context: Context,
  job: { readonly environmentId: string; readonly jobId: string; readonly token: string | null },
): Promise<Performed> {
  const token = job.token ?? Buffer.from(context.randomBytes(12)).toString('hex');
  const { environmentId, jobId } = job;
  for (let poll = 0; poll < POLLS_MAX; poll++) {
    const now = context.clock.machineNow();
    const leaseUntil = addMilliseconds(now, LEASE_MILLISECONDS);
    const claimed = await claimJob(context.db, { environmentId, jobId, now, leaseUntil, token });
    if (claimed !== null) await runJob(context, claimed);
    const state = await findJobState(context.db, environmentId, jobId);
    if (state === null) return { kind: 'done' };
    if (state.dead) return { kind: 'dead', error: state.lastError };
    if (claimed !== null) return { kind: 'waiting', error: state.lastError };
    await pause(context, POLL_MILLISECONDS);
  }
  const state = await findJobState(context.db, environmentId, jobId);
  if (state === null) return { kind: 'done' };
  return state.dead ? { kind: 'dead', error: state.lastError } : { kind: 'waiting', error: state.lastError };
}

const pause = (context: Context, milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    context.clock.after(milliseconds, resolve);
  });
