import type { Instant } from '@tollbridge/core';
import type { Lane } from '@tollbridge/server/changes';
import { claimJobs, type LaneRoom, type PlacesTaken } from '@tollbridge/server/jobs/claim-jobs';
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
  const { now = NOW, lane = 'money', batchMax = 16, perSourceMax = 12, taken = [] } = more;
  return claimOfLanes(database, [{ lane, batchMax, perSourceMax, taken }], now);
}

/** A look into several lanes at once. */
export function claimOfLanes(database: Database, lanes: readonly LaneRoom[], now = NOW): Promise<Job[]> {
  tokens += 1;
  const leaseUntil = (now + LEASE_MILLISECONDS) as Instant;
  return claimJobs(database, { now, leaseUntil, token: `token ${tokens}`, lanes });
}

/** A claimed job as a commit names it that ends it. */
export const held = (job: Job) => ({
  environmentId: job.environmentId,
  jobId: job.id,
  leaseToken: job.leaseToken,
});
