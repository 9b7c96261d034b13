import { type Instant, isoFromInstant } from '@tollbridge/core';
import type { Lane } from '../changes.js';
import type { Database } from '../store/database.js';

/** A claimed piece of work. It is ours until `leaseUntil`, and longer if it is renewed; then another may take it. */
export interface Job {
  readonly environmentId: string;
  readonly id: string;
  readonly lane: Lane;
  readonly kind: string;
  readonly key: string | null;
  readonly connectionId: string | null;
  /** Its connection or webhook endpoint; empty when it goes through none. */
  readonly source: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Counts this attempt: 1 the first time. */
  readonly attempts: number;
  readonly attemptsMax: number;
  /** How many attempts in a row came to no end before this one: they hung, or their process was gone. */
  readonly lapses: number;
  readonly firstAttemptAt: Instant;
  readonly leaseToken: string;
  readonly leaseUntil: Instant;
}

export const JOB_COLUMNS = `j.environment_id, j.id, j.lane, j.kind, j.key, j.connection_id, j.source, j.payload, j.attempts,
  j.attempts_max, j.lapses, j.first_attempt_at, j.lease_token, j.lease_until`;

/**
 * When a lease that ran out frees its job: at once the first time. After that each job has a second of its own, because
 * of those that ended together one may be what ends their process: the others are done while it waits.
 */
const FREE_AT = `j.lease_until + case when j.lapses = 0 then 0 else j.seq % 60 end * interval '1 second'`;

/** It is the head of its key, due, and nobody holds it. */
export const CLAIMABLE = `j.dead_at is null
    and not j.blocked
    and j.due_at <= $1
    and (j.lease_until is null or ${FREE_AT} <= $1)`;

/** Leases that ran out in a row, this time included. One under which nothing was begun is a request's reservation. */
const LAPSES = '(j.lapses + case when j.lease_until is not null and j.attempts > 0 then 1 else 0 end)';

/** What a claim counts: an attempt, unless all have come to nothing and what is left is to bury it. */
export const COUNTED = `attempts = j.attempts + case when ${LAPSES} < j.attempts_max then 1 else 0 end, lapses = ${LAPSES}`;

export interface ClaimOneOptions {
  readonly environmentId: string;
  readonly jobId: string;
  readonly now: Instant;
  readonly leaseUntil: Instant;
  /** The lease that the commit gave to the request; null when it gave none. */
  readonly reservedBy: string | null;
  /** The lease under which it will be done. */
  readonly token: string;
}

export interface JobState {
  readonly dead: boolean;
  readonly lastError: { readonly code: string; readonly message: string } | null;
}

/** The job, where it was taken; else where it stands, null when it is done. */
export type ClaimedOne =
  | { readonly kind: 'claimed'; readonly job: Job }
  | { readonly kind: 'not_claimed'; readonly state: JobState | null };

/**
 * Takes one job by name, for the request that waits for it, unless it is not its turn, held, or gone. A reservation
 * serves once: the same request, sent again while its job is under way, finds it held.
 */
export async function claimJob(database: Database, options: ClaimOneOptions): Promise<ClaimedOne> {
  const [row] = await database.query({
    name: 'claim_job',
    text: `
with claimed as (
  update jobs j
  set lease_token = $4, lease_until = $5, ${COUNTED}, dedupe_key = null,
    first_attempt_at = coalesce(j.first_attempt_at, $1)
  where j.environment_id = $2
    and j.id = $3
    and (
      (j.lease_token = $6 and j.dead_at is null and not j.blocked)
      or (${CLAIMABLE})
    )
  returning ${JOB_COLUMNS}
)
select claimed.*, found.dead_at, found.last_error
from jobs found
left join claimed on true
where found.environment_id = $2
  and found.id = $3`,
    values: [
      isoFromInstant(options.now),
      options.environmentId,
      options.jobId,
      options.token,
      isoFromInstant(options.leaseUntil),
      options.reservedBy,
    ],
  });
  if (row === undefined) return { kind: 'not_claimed', state: null };
  if (row.id === null) return { kind: 'not_claimed', state: stateFromRow(row) };
  return { kind: 'claimed', job: jobFromRow(row) };
}

/** Gives back jobs that a request had reserved and did not begin: from now on they are the workers'. */
export async function releaseJob(
  database: Database,
  job: { readonly environmentId: string; readonly jobId: string; readonly reservedBy: string },
): Promise<void> {
  await database.query({
    name: 'release_job',
    text: `
update jobs
set lease_token = null, lease_until = null
where environment_id = $1
  and id = $2
  and lease_token = $3`,
    values: [job.environmentId, job.jobId, job.reservedBy],
  });
}

/** Where a job stands; null when it is done, because done work is gone. */
export async function findJobState(database: Database, environmentId: string, jobId: string): Promise<JobState | null> {
  const [row] = await database.query({
    name: 'find_job_state',
    text: 'select dead_at, last_error from jobs where environment_id = $1 and id = $2',
    values: [environmentId, jobId],
  });
  return row === undefined ? null : stateFromRow(row);
}

const stateFromRow = (row: Record<string, unknown>): JobState => ({
  dead: row.dead_at !== null,
  lastError: row.last_error as JobState['lastError'],
});

/** The next moment at which a job of any lane could be claimed (one behind another of its key cannot); null when nothing waits. */
export async function nextDueAt(database: Database): Promise<Instant | null> {
  const [row] = await database.query({
    name: 'next_due_at',
    text: `
select min(greatest(j.due_at, coalesce(${FREE_AT}, j.due_at))) as due_at
from jobs j
where j.dead_at is null
  and not j.blocked`,
  });
  return (row?.due_at ?? null) as Instant | null;
}

/** Puts dead letters back to work; all of an environment, or those named. Gives how many. */
export async function reviveJobs(
  database: Database,
  environmentId: string,
  jobIds: readonly string[] | null,
  now: Instant,
): Promise<number> {
  const rows = await database.query({
    text: `
update jobs
set dead_at = null, attempts = 0, lapses = 0, due_at = $3, first_attempt_at = null
where environment_id = $1
  and dead_at is not null
  and ($2::text[] is null or id = any($2::text[]))
returning 1`,
    values: [environmentId, jobIds === null ? null : [...jobIds], isoFromInstant(now)],
  });
  return rows.length;
}

export function jobFromRow(row: Record<string, unknown>): Job {
  return {
    environmentId: row.environment_id as string,
    id: row.id as string,
    lane: row.lane as Lane,
    kind: row.kind as string,
    key: row.key as string | null,
    connectionId: row.connection_id as string | null,
    source: row.source as string,
    payload: row.payload as Job['payload'],
    attempts: row.attempts as number,
    attemptsMax: row.attempts_max as number,
    lapses: row.lapses as number,
    firstAttemptAt: row.first_attempt_at as Instant,
    leaseToken: row.lease_token as string,
    leaseUntil: row.lease_until as Instant,
  };
}
