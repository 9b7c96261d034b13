import { addMilliseconds } from '@tollbridge/core';
import { Changes, type HeldJob, type JobError } from '../changes.js';
import type { Context } from '../context.js';
import { withoutSecrets } from '../log.js';
import { commit } from '../store/commit.js';
import { ConstraintViolation, DatabaseUnavailable, LEASE, VersionConflict } from '../store/database.js';
import type { Burial, JobBurials, JobHandlers, JobResult } from './handlers.js';
import type { JobUnderWay } from './jobs-under-way.js';
import type { Job } from './queue.js';
import { LeaseLost, whileOurs } from './while-ours.js';

/** How often a decision is taken again because a row changed under it, before the job waits its turn anew. */
const CONFLICTS_MAX = 10;
const BACKOFF_FIRST_MILLISECONDS = 1_000;
const BACKOFF_MAX_MILLISECONDS = 3_600_000;

/** An attempt that never ends has no error of its own: it hung until it was let go, or its process was gone. */
const NEVER_ENDED: JobError = {
  code: 'job_never_ended',
  message: 'each of its attempts hung, or its process ended under it',
};

let registered: JobHandlers = new Map();
let registeredBurials: JobBurials = new Map();

/** Tells the queue who does what; called once by `main.ts`, which is the only place where things are wired. */
export function registerJobHandlers(handlers: JobHandlers, burials: JobBurials = new Map()): void {
  registered = handlers;
  registeredBurials = burials;
}

/** Where a job stands after an attempt. */
export type JobEnd =
  | { readonly kind: 'done' }
  /** The job gave up; its error says why. */
  | { readonly kind: 'dead'; readonly error: JobError }
  /** It comes again. */
  | { readonly kind: 'waiting'; readonly error: JobError };

/**
 * Does a claimed job beside whoever claimed it, counted as under way. Gives what can be waited for: the job's end; null
 * where whoever did it cannot say, because it is somebody else's by now, or the database went away.
 */
export function startJob(context: Context, job: Job, by: JobUnderWay['by']): Promise<JobEnd | null> {
  const underWay: JobUnderWay = { job, by, begunAt: context.clock.machineNow() };
  context.underWay.begin(underWay);
  return new Promise((resolve) => {
    context.spawn(`job ${job.kind}`, async () => {
      let end: JobEnd | null = null;
      try {
        end = await runJob(whileOurs(context, underWay), job);
      } finally {
        context.underWay.end(underWay);
        resolve(end);
      }
    });
  });
}

/**
 * Does one claimed job to its end, its postponement or its burial, and gives which. When the lease was lost meanwhile,
 * nothing of it is written and null is given: the job is somebody else's. Throws only when the database is away.
 */
export async function runJob(context: Context, job: Job): Promise<JobEnd | null> {
  for (let conflict = 0; conflict < CONFLICTS_MAX; conflict++) {
    const result = await attempt(context, job);
    if (result === 'changed') continue;
    if (result === 'lost') return null;
    const settled = await settle(context, job, result);
    if (settled.kind === 'settled') return settled.end;
    // What cannot be written now cannot be written for ever: as counted failures it becomes a dead letter at last.
    if (!isConflict(settled.why)) return giveBack(context, job, failedUnplanned(context, job, settled.why));
  }
  return giveBack(context, job, keptChanging());
}

async function giveBack(context: Context, job: Job, result: JobResult): Promise<JobEnd | null> {
  const settled = await settle(context, job, result);
  // Of what is given back only a burial writes rows of others: overtaken, it waits its turn anew.
  const isOvertaken = settled.kind === 'refused' && isConflict(settled.why);
  const left = isOvertaken ? await settle(context, job, keptChanging()) : settled;
  if (left.kind === 'refused') throw left.why;
  return left.end;
}

const keptChanging = (): JobResult => ({
  kind: 'later',
  delayMilliseconds: BACKOFF_FIRST_MILLISECONDS,
  error: { code: 'conflict_persisted', message: 'the rows kept changing while this was decided' },
  uncounted: true,
});

const isLeaseLost = (error: unknown): boolean => error instanceof VersionConflict && error.subject === LEASE;

/** A lost race: somebody wrote first. A unique row already there is the same thing, seen one step later. */
export const isConflict = (error: unknown): boolean =>
  error instanceof VersionConflict || (error instanceof ConstraintViolation && error.kind === 'unique');

async function attempt(context: Context, job: Job): Promise<JobResult | 'lost' | 'changed'> {
  const handler = registered.get(job.kind);
  if (handler === undefined) {
    const error = { code: 'job_kind_unknown', message: `nothing here knows how to do ${job.kind}` };
    return { kind: 'give_up', error };
  }
  try {
    return job.lapses < job.attemptsMax ? await handler(context, job) : neverEnded(context, job);
  } catch (error) {
    if (error instanceof DatabaseUnavailable || isAbandoned(error)) throw error;
    if (error instanceof LeaseLost) return 'lost';
    if (error instanceof VersionConflict) return 'changed';
    return failedUnplanned(context, job, error);
  }
}

function neverEnded(context: Context, job: Job): JobResult {
  context.log.error({ job: { id: job.id, kind: job.kind } }, 'a job never came to an end and became a dead letter');
  return { kind: 'give_up', error: NEVER_ENDED };
}

function failedUnplanned(context: Context, job: Job, error: unknown): JobResult {
  context.log.error({ error, job: { id: job.id, kind: job.kind } }, 'a job failed');
  return failed(context, job, errorOf(error));
}

/** The simulation's crash passes through everything: whatever this process knew is gone. */
export const isAbandoned = (error: unknown): boolean => error instanceof Error && error.name === 'ProcessGone';

export function errorOf(error: unknown): JobError {
  const { code } = error as { code?: unknown };
  const message = error instanceof Error ? error.message : String(error);
  return shownError({ code: typeof code === 'string' ? code : 'internal_error', message });
}

/** As people see it in a dead letter, whoever wrote it: Stripe's messages repeat what they refuse. */
const shownError = ({ code, message }: JobError): JobError => ({ code, message: withoutSecrets(message) });

/** The answer to a failure nobody planned for: again later, and after its last attempt a dead letter. */
export function failed(context: Context, job: Job, error: JobError): JobResult {
  if (job.attempts >= job.attemptsMax) return { kind: 'give_up', error };
  return { kind: 'later', delayMilliseconds: backoffMilliseconds(context, job.attempts), error };
}

/** Doubles from a second to an hour, with up to a quarter of it at random, so that many do not come back at once. */
export function backoffMilliseconds(context: Context, attempts: number): number {
  const base = Math.min(BACKOFF_FIRST_MILLISECONDS * 2 ** (attempts - 1), BACKOFF_MAX_MILLISECONDS);
  const [random = 0] = context.randomBytes(1);
  return base + Math.floor((base * random) / 1024);
}

/** What became of a commit under the lease. */
type Settled =
  /** Without an end where there is nothing left to write: the job is somebody else's by now. */
  { readonly kind: 'settled'; readonly end: JobEnd | null } | { readonly kind: 'refused'; readonly why: unknown };

/** One commit under the lease: what was decided, and what becomes of the job. */
async function settle(context: Context, job: Job, result: JobResult): Promise<Settled> {
  if (result.kind === 'give_up') return bury(context, job, shownError(result.error));
  const changes = new Changes().add(result.changes ?? new Changes());
  if (result.kind === 'done') return written(context, changes.finish(heldOf(job)), { kind: 'done' });
  const error = shownError(result.error);
  changes.postpone({
    ...heldOf(job),
    dueAt: addMilliseconds(context.clock.machineNow(), result.delayMilliseconds),
    error,
    isUncounted: result.uncounted ?? false,
    freesKey: result.freesKey ?? false,
  });
  return written(context, changes, { kind: 'waiting', error });
}

/** With what its burial says; where that fails, the dead letter alone is written, so that its key is free all the same. */
async function bury(context: Context, job: Job, error: JobError): Promise<Settled> {
  const letter = { ...heldOf(job), error };
  try {
    const burial = (await registeredBurials.get(job.kind)?.(context, job, error)) ?? LETTER_ALONE;
    const changes = new Changes().add(burial.changes);
    if (burial.kind === 'done') changes.finish(heldOf(job));
    else changes.bury(letter);
    const end: JobEnd = burial.kind === 'done' ? { kind: 'done' } : { kind: 'dead', error };
    const settled = await written(context, changes, end);
    if (settled.kind === 'settled' || isConflict(settled.why)) return settled;
    throw settled.why;
  } catch (failure) {
    if (failure instanceof DatabaseUnavailable || isAbandoned(failure)) throw failure;
    if (failure instanceof VersionConflict) return { kind: 'refused', why: failure };
    context.log.error({ error: failure, job: { id: job.id, kind: job.kind } }, 'a job was buried without its object');
    return written(context, new Changes().bury(letter), { kind: 'dead', error });
  }
}

const LETTER_ALONE: Burial = { kind: 'dead_letter', changes: new Changes() };

const heldOf = ({ environmentId, id: jobId, leaseToken }: Job): HeldJob => ({ environmentId, jobId, leaseToken });

async function written(context: Context, changes: Changes, end: JobEnd): Promise<Settled> {
  try {
    await commit(context.db, changes, context.clock.machineNow());
    return { kind: 'settled', end };
  } catch (error) {
    if (error instanceof DatabaseUnavailable || isAbandoned(error)) throw error;
    return isLeaseLost(error) ? { kind: 'settled', end: null } : { kind: 'refused', why: error };
  }
}

export const nothingToDo = (): JobResult => ({ kind: 'done', changes: new Changes() });
