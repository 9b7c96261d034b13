import type { Instant } from '@tollbridge/core';
import type { Lane } from '@tollbridge/server/changes';
import { claimJobs, type PlacesTaken } from '@tollbridge/server/jobs/claim-jobs';
import type { Job } from '@tollbridge/server/jobs/queue';
import type { Database } from '@tollbridge/server/store/database';
import { NOW } from './ground.js';

export const LEASE_MILLISECONDS = 60_000;
let tokens = 0;

interface ClaimMore {
  readonly lane?: Lane;
  readonly now?: Instant;
  readonly batchMax?: number;
  readonly perSourceMax?: number;
  readonly taken?: readonly PlacesTaken[];
}

/** A look of a worker into one lane; each has a lease of its own. */
export function claim(database: Database, more: ClaimMore = {}): Promise<Job[]> {
  const now = more.now ?? NOW;
  tokens += 1;
  return claimJobs(database, {
    lane: 'money',
    now,
    leaseUntil: (now + LEASE_MILLISECONDS) as Instant,
    token: `token ${tokens}`,
    batchMax: 16,
    perSourceMax: 12,
    taken: [],
    ...more,
  });
}

/** A claimed job as a commit names it that ends it. */
export const held = (job: Job) => ({
  environmentId: job.environmentId,
  jobId: job.id,
  leaseToken: job.leaseToken,
});
