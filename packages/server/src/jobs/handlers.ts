import type { Changes, JobError } from '../changes.js';
import type { Context } from '../context.js';
import type { Job } from './queue.js';

/**
 * What a piece of work comes to. `done` is committed together with the job's end, under its lease: whoever lost the lease
 * meanwhile cannot write. `later` gives it back and `give_up` sets it aside as a dead letter, in the same way.
 */
export type JobResult =
  | { readonly kind: 'done'; readonly changes: Changes }
  | {
      readonly kind: 'later';
      readonly delayMilliseconds: number;
      readonly error: JobError;
      readonly uncounted?: boolean;
      readonly freesKey?: boolean;
      /** Written in the commit that gives the job back, for example a failed delivery's row. */
      readonly changes?: Changes;
    }
  /** What is written then is the burial's to say, whichever way the job came to it. */
  | { readonly kind: 'give_up'; readonly error: JobError };

/** Loads, acts, decides. May run again with the same job at any time: everything it does outside is keyed. */
export type JobHandler = (context: Context, job: Job) => Promise<JobResult>;

/**
 * What is written when a job gave up or its attempts all came to no end, so that what it worked for does not stay in its
 * middle state. It knows no more than our rows, so it never decides that money did not move, or that Stripe has not done
 * what it was asked for. `done` where the object itself shows that it failed and is put back to work by itself.
 */
export interface Burial {
  readonly kind: 'dead_letter' | 'done';
  readonly changes: Changes;
}

/** Reads rows and decides; asks nobody outside. `error` is as people may see it. */
export type JobBurial = (context: Context, job: Job, error: JobError) => Promise<Burial>;

export type JobBurials = ReadonlyMap<string, JobBurial>;

export type JobHandlers = ReadonlyMap<string, JobHandler>;
