import { addMilliseconds, type Instant } from '@tollbridge/core';
import type { JobError, NewJob } from './changes.js';
import type { Context } from './context.js';
import { leaseFrom } from './jobs/lease.js';
import { type ClaimedOne, claimJob, findJobState, type JobState, releaseJob } from './jobs/queue.js';
import { type JobEnd, startJob } from './jobs/run-job.js';

/** How long a request waits for the world before it answers 202 and leaves the rest to the background. */
export const INLINE_WAIT_MILLISECONDS = 10_000;
const POLL_MILLISECONDS = 50;
const POLLS_MAX = INLINE_WAIT_MILLISECONDS / POLL_MILLISECONDS;

export type Performed =
  | JobEnd
  /** Dead without a word, or still under way, here in the background or in a worker's hands. */
  | { readonly kind: 'dead' | 'waiting'; readonly error: JobError | null };

export interface JobToPerform {
  readonly environmentId: string;
  readonly jobId: string;
  /** The lease that `leasedHere` gave to the request; null when the job was left free. */
  readonly token: string | null;
}

/** The same job, already leased to the request that commits it, so that no worker takes it in between. */
export function leasedHere(context: Context, job: NewJob): NewJob {
  return { ...job, lease: { token: newToken(context), until: leaseFrom(context.clock.machineNow()) } };
}

/**
 * Does a committed job now, because a person is waiting for it, in the way the worker would: same handler, same lease,
 * same outcome commit. When it is not its turn, or somebody else has it, waits for it. After INLINE_WAIT_MILLISECONDS he
 * waits no longer: what was begun here goes on to its end in the background, what was not is the workers'.
 */
export const performJob = (context: Context, job: JobToPerform): Promise<Performed> =>
  performUntil(context, job, endOfWait(context));

/** Does several, one after the other, within the one wait that a request has. */
export async function performJobs(context: Context, jobs: readonly JobToPerform[]): Promise<Performed[]> {
  const deadline = endOfWait(context);
  const performed: Performed[] = [];
  for (const job of jobs) performed.push(await performUntil(context, job, deadline));
  return performed;
}

const endOfWait = (context: Context): Instant => addMilliseconds(context.clock.machineNow(), INLINE_WAIT_MILLISECONDS);

async function performUntil(context: Context, job: JobToPerform, deadline: Instant): Promise<Performed> {
  for (let poll = 0; poll <= POLLS_MAX; poll++) {
    const leftMilliseconds = deadline - context.clock.machineNow();
    if (leftMilliseconds <= 0) break;
    const claimed = await claim(context, job);
    if (claimed.kind === 'claimed') {
      const started = startJob(context, claimed.job, 'request');
      const end = (await context.clock.ended(started, leftMilliseconds)) ? await started : null;
      return end ?? standingOf(context, job);
    }
    const standing = performedFrom(claimed.state);
    if (standing.kind !== 'waiting') return standing;
    await pause(context, POLL_MILLISECONDS);
  }
  const { environmentId, jobId, token } = job;
  if (token !== null) await releaseJob(context.db, { environmentId, jobId, reservedBy: token });
  return standingOf(context, job);
}

function claim(context: Context, { environmentId, jobId, token }: JobToPerform): Promise<ClaimedOne> {
  const now = context.clock.machineNow();
  const own = newToken(context);
  return claimJob(context.db, { environmentId, jobId, now, leaseUntil: leaseFrom(now), reservedBy: token, token: own });
}

const standingOf = async (context: Context, { environmentId, jobId }: JobToPerform): Promise<Performed> =>
  performedFrom(await findJobState(context.db, environmentId, jobId));

function performedFrom(state: JobState | null): Performed {
  if (state === null) return { kind: 'done' };
  return { kind: state.dead ? 'dead' : 'waiting', error: state.lastError };
}

const newToken = (context: Context): string => Buffer.from(context.randomBytes(12)).toString('hex');

const pause = (context: Context, milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    context.clock.after(milliseconds, resolve);
  });
