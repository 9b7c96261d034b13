import { type Instant, isoFromInstant } from '@tollbridge/core';
import type { Lane } from '../changes.js';
import type { Database } from '../store/database.js';

/** A claimed piece of work. It is ours until `leaseUntil`; after that another worker may take it. */
export interface Job {
  readonly environmentId: string;
  readonly id: string;
  readonly lane: Lane;
  readonly kind: string;
  readonly key: string | null;
  readonly connectionId: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Counts this attempt: 1 the first time. */
  readonly attempts: number;
  readonly attemptsMax: number;
  readonly firstAttemptAt: Instant;
  readonly leaseToken: string;
}

export interface ClaimOptions {
  readonly lane: Lane;
  readonly now: Instant;
  readonly leaseUntil: Instant;
  readonly token: string;
  readonly batchMax: number;
  /** Jobs of one Stripe account that may be under way at once: Stripe allows few requests a second in test mode. */
  readonly perConnectionMax: number;
}

/** How many due jobs one claim looks at, as a multiple of what it takes: enough to be fair between environments. */
const WINDOW_FACTOR = 8;

const JOB_COLUMNS = `j.environment_id, j.id, j.lane, j.kind, j.key, j.connection_id, j.payload, j.attempts, j.attempts_max,
  j.first_attempt_at, j.lease_token`;

/** Nobody holds it, it is due, and no older or running job of its key stands before it. */
const CLAIMABLE = `j.dead_at is null
    and j.due_at <= $1
    and (j.lease_until is null or j.lease_until <= $1)
    and not exists (
      select 1
      from jobs e
      where e.environment_id = j.environment_id
        and e.key = j.key
        and e.dead_at is null
        and e.id <> j.id
        and (e.seq < j.seq or e.lease_until > $1)
    )`;

/**
 * Takes up to a batch of due work: the head of each key only, in turns between environments, and no more of one
 * connection than its budget allows. Rows that another worker is looking at are passed over, never waited for.
 */
export async function claimJobs(database: Database, options: ClaimOptions): Promise<Job[]> {
  const rows = await database.query({
    name: 'claim_jobs',
    text: `
with due as (
  select j.environment_id, j.id, j.seq, j.connection_id,
    row_number() over (partition by j.environment_id order by j.due_at, j.seq) as environment_turn,
    row_number() over (partition by j.connection_id order by j.due_at, j.seq) as connection_turn
  from (
    select j.*
    from jobs j
    where j.lane = $2
      and ${CLAIMABLE}
    order by j.due_at, j.seq
    limit $3
  ) j
), chosen as (
  select d.environment_id, d.id
  from due d
  where d.connection_id is null
    or d.connection_turn + (
      select count(*)
      from jobs running
      where running.connection_id = d.connection_id
        and running.lease_until > $1
    ) <= $4
  order by d.environment_turn, d.seq
  limit $5
), locked as (
  select j.environment_id, j.id
  from jobs j
  join chosen using (environment_id, id)
  where j.dead_at is null
    and (j.lease_until is null or j.lease_until <= $1)
  for update of j skip locked
)
update jobs j
set lease_token = $6, lease_until = $7, attempts = j.attempts + 1, dedupe_key = null,
  first_attempt_at = coalesce(j.first_attempt_at, $1)
from locked
where j.environment_id = locked.environment_id
  and j.id = locked.id
returning ${JOB_COLUMNS}, j.seq`,
    values: [
      isoFromInstant(options.now),
      options.lane,
      options.batchMax * WINDOW_FACTOR,
      options.perConnectionMax,
      options.batchMax,
      options.token,
      isoFromInstant(options.leaseUntil),
    ],
  });
  return rows.sort((a, b) => Number((a.seq as bigint) - (b.seq as bigint))).map(jobFromRow);
}

export interface ClaimOneOptions {
  readonly environmentId: string;
  readonly jobId: string;
  readonly now: Instant;
  readonly leaseUntil: Instant;
  readonly token: string;
}

/** Takes one job by name, for the request that waits for it; null when it is not its turn, held, or gone. */
export async function claimJob(database: Database, options: ClaimOneOptions): Promise<Job | null> {
  const rows = await database.query({
    name: 'claim_job',
    text: `
update jobs j
set lease_token = $4, lease_until = $5, attempts = j.attempts + 1, dedupe_key = null,
  first_attempt_at = coalesce(j.first_attempt_at, $1)
where j.environment_id = $2
  and j.id = $3
  and (
    j.lease_token = $4
    or (${CLAIMABLE})
  )
  and not exists (
    select 1
    from jobs e
    where e.environment_id = j.environment_id
      and e.key = j.key
      and e.dead_at is null
      and e.id <> j.id
      and (e.seq < j.seq or e.lease_until > $1)
  )
returning ${JOB_COLUMNS}`,
    values: [
      isoFromInstant(options.now),
      options.environmentId,
      options.jobId,
      options.token,
      isoFromInstant(options.leaseUntil),
    ],
  });
  return rows[0] === undefined ? null : jobFromRow(rows[0]);
}

export interface PostponeOptions {
  readonly dueAt: Instant;
  readonly error: { readonly code: string; readonly message: string } | null;
  /** The attempt did not count: it was not the job's fault (a rate limit, a shutdown). */
  readonly uncounted?: boolean;
  /** Later jobs of its key need not wait for it any longer. */
  readonly freesKey?: boolean;
}

/** Gives the job back for later. False when the lease was lost meanwhile. */
export async function postponeJob(database: Database, job: Job, options: PostponeOptions): Promise<boolean> {
  const rows = await database.query({
    name: 'postpone_job',
    text: `
update jobs
set lease_token = null, lease_until = null, due_at = $4, last_error = coalesce($5::jsonb, last_error),
  attempts = attempts - case when $6::boolean then 1 else 0 end,
  key = case when $7::boolean then null else key end
where environment_id = $1
  and id = $2
  and lease_token = $3
returning 1`,
    values: [
      job.environmentId,
      job.id,
      job.leaseToken,
      isoFromInstant(options.dueAt),
      options.error === null ? null : JSON.stringify(options.error),
      options.uncounted ?? false,
      options.freesKey ?? false,
    ],
  });
  return rows.length === 1;
}

/** Sets the job aside for people to see: a dead letter, which frees its key. False when the lease was lost meanwhile. */
export async function buryJob(
  database: Database,
  job: Job,
  now: Instant,
  error: { readonly code: string; readonly message: string },
): Promise<boolean> {
  const rows = await database.query({
    name: 'bury_job',
    text: `
update jobs
set dead_at = $4, lease_token = null, lease_until = null, last_error = $5::jsonb
where environment_id = $1
  and id = $2
  and lease_token = $3
returning 1`,
    values: [job.environmentId, job.id, job.leaseToken, isoFromInstant(now), JSON.stringify(error)],
  });
  return rows.length === 1;
}

export interface JobState {
  readonly dead: boolean;
  readonly lastError: { readonly code: string; readonly message: string } | null;
}

/** Where a job stands; null when it is done, because done work is gone. */
export async function findJobState(database: Database, environmentId: string, jobId: string): Promise<JobState | null> {
  const [row] = await database.query({
    name: 'find_job_state',
    text: 'select dead_at, last_error from jobs where environment_id = $1 and id = $2',
    values: [environmentId, jobId],
  });
  if (row === undefined) return null;
  return { dead: row.dead_at !== null, lastError: row.last_error as JobState['lastError'] };
}

/** The next moment at which a job of any lane could be claimed; null when nothing waits. */
export async function nextDueAt(database: Database): Promise<Instant | null> {
  const [row] = await database.query({
    name: 'next_due_at',
    text: `
select min(greatest(due_at, coalesce(lease_until, due_at))) as due_at
from jobs
where dead_at is null`,
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
set dead_at = null, attempts = 0, due_at = $3, first_attempt_at = null
where environment_id = $1
  and dead_at is not null
  and ($2::text[] is null or id = any($2::text[]))
returning 1`,
    values: [environmentId, jobIds === null ? null : [...jobIds], isoFromInstant(now)],
  });
  return rows.length;
}

function jobFromRow(row: Record<string, unknown>): Job {
  return {
    environmentId: row.environment_id as string,
    id: row.id as string,
    lane: row.lane as Lane,
    kind: row.kind as string,
    key: row.key as string | null,
    connectionId: row.connection_id as string | null,
    payload: row.payload as Job['payload'],
    attempts: row.attempts as number,
    attemptsMax: row.attempts_max as number,
    firstAttemptAt: row.first_attempt_at as Instant,
    leaseToken: row.lease_token as string,
  };
}
