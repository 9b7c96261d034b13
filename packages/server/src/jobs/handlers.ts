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
  | { readonly kind: 'give_up'; readonly error: JobError; readonly changes?: Changes };

/** Loads, acts, decides. May run again with the same job at any time: everything it does outside is keyed. */
export type JobHandler = (context: Context, job: Job) => Promise<JobResult>;

/** What is written of a job whose attempts all came to no end, where a dead letter alone would tell too little. */
export type JobBurial = (context: Context, job: Job, error: JobError) => Promise<JobResult>;

export type JobBurials = ReadonlyMap<string, JobBurial>;

export type JobHandlers = ReadonlyMap<string, JobHandler>;
