import { DELIVERY_ATTEMPTS_MAX, isoFromInstant } from '@tollbridge/core';
import type { BuriedJob, Changes, HeldJob, NewJob, PostponedJob, RevivedJob } from '../changes.js';
import { LEASE } from './database.js';
import { fewRows } from './few-rows.js';

/** What `commit.ts` offers to those who add clauses to its statement. */
export interface Parts {
  records(rows: readonly Record<string, unknown>[]): string;
  clause(name: string, sql: string): void;
  /** `subject` names what was changed by somebody else when the clause did not find this many rows. */
  expect(clause: string, count: number, subject: string): void;
  /** `by`: only where this clause wrote something. */
  wakeWorkers(by?: string): void;
}

/** The clauses every commit may carry beside its rows: ledger, events with their deliveries, audit, jobs. */
export function appendixStatements(parts: Parts, changes: Changes): void {
  if (changes.postings.length > 0) addPostings(parts, changes);
  if (changes.events.length > 0) addEvents(parts, changes);
  if (changes.audit.length > 0) addAudit(parts, changes);
  if (changes.jobs.length > 0) addJobs(parts, changes.jobs);
  if (changes.finished.length > 0) addFinished(parts, changes.finished);
  if (changes.postponed.length > 0) addPostponed(parts, changes.postponed);
  if (changes.buried.length > 0) addBuried(parts, changes.buried);
  if (changes.revived.length > 0) addRevived(parts, changes.revived);
  if (changes.jobs.length + changes.revived.length > 0) parts.wakeWorkers();
  // Most environments listen to few events; what nobody listens to is no work.
  else if (changes.events.length > 0) parts.wakeWorkers('insert_delivery_jobs');
}

function addPostings(parts: Parts, changes: Changes): void {
  const transactions = changes.postings.map(({ environmentId, id, transaction }) => ({
    environment_id: environmentId,
    id,
    kind: transaction.kind,
    source_kind: transaction.sourceKind,
    source_id: transaction.sourceId,
    occurred_at: isoFromInstant(transaction.occurredAt),
  }));
  const entries = changes.postings.flatMap(({ environmentId, id, transaction }) =>
    transaction.entries.map((entry, index) => ({
      environment_id: environmentId,
      transaction_id: id,
      position: index,
      account: entry.account,
      owner_id: entry.ownerId,
      amount_minor: entry.amountMinor.toString(),
      currency: entry.currency,
    })),
  );
  parts.clause(
    'insert_ledger_transactions',
    `insert into ledger_transactions (environment_id, id, kind, source_kind, source_id, occurred_at)
select environment_id, id, kind, source_kind, source_id, occurred_at
from jsonb_to_recordset(${parts.records(transactions)})
  as r(environment_id text, id text, kind text, source_kind text, source_id text, occurred_at timestamptz)
returning 1`,
  );
  parts.clause(
    'insert_ledger_entries',
    `insert into ledger_entries (environment_id, transaction_id, position, account, owner_id, amount_minor, currency)
select environment_id, transaction_id, position, account, owner_id, amount_minor, currency
from jsonb_to_recordset(${parts.records(entries)})
  as r(environment_id text, transaction_id text, position integer, account text, owner_id text,
    amount_minor bigint, currency text)
returning 1`,
  );
}

/**
 * An event takes the next number of its object (the counter's row is locked, so numbers follow the order of commits),
 * and becomes a delivery and a job for every endpoint that wants it, all inside the commit that caused it.
 */
function addEvents(parts: Parts, changes: Changes): void {
  const rows = changes.events.map((event) => ({
    environment_id: event.environmentId,
    id: event.id,
    type: event.type,
    object_kind: event.objectKind,
    object_id: event.objectId,
    data: event.data,
  }));
  parts.clause(
    'new_events',
    `select r.*, row_number() over (partition by environment_id, object_id order by ordinal) as turn
from rows from (
  jsonb_to_recordset(${parts.records(rows)})
    as (environment_id text, id text, type text, object_kind text, object_id text, data jsonb)
) with ordinality as r(environment_id, id, type, object_kind, object_id, data, ordinal)`,
  );
  parts.clause(
    'bumped_sequences',
    `insert into event_sequences as s (environment_id, object_id, last)
select environment_id, object_id, count(*)
from new_events
group by environment_id, object_id
order by environment_id, object_id
on conflict (environment_id, object_id) do update
set last = s.last + excluded.last
returning s.environment_id, s.object_id, s.last`,
  );
  parts.clause(
    'numbered_events',
    `select n.*, b.last - (count(*) over (partition by n.environment_id, n.object_id)) + n.turn as sequence
from new_events n
join bumped_sequences b using (environment_id, object_id)`,
  );
  parts.clause(
    'insert_events',
    `insert into events (environment_id, id, type, object_kind, object_id, sequence, data, created_at)
select environment_id, id, type, object_kind, object_id, sequence, data, $1::timestamptz
from numbered_events
order by ordinal
returning 1`,
  );
  addDeliveries(parts);
}

function addDeliveries(parts: Parts): void {
  parts.clause(
    'wanted_deliveries',
    `select n.environment_id, n.object_id, n.id as event_id, w.id as endpoint_id, n.ordinal,
  'del_' || substr(md5(n.id || ' ' || w.id), 1, 24) as id
from numbered_events n
join webhook_endpoints w on w.environment_id = n.environment_id
where w.status = 'enabled'
  and case
    when n.type = 'webhook_endpoint.test' then w.id = n.object_id
    else w.event_types is null or n.type = any(w.event_types)
  end`,
  );
  parts.clause(
    'insert_deliveries',
    `insert into webhook_deliveries (environment_id, id, event_id, endpoint_id, status, attempts, created_at, version)
select environment_id, id, event_id, endpoint_id, 'pending', 0, $1::timestamptz, 1
from wanted_deliveries
order by ordinal
returning 1`,
  );
  parts.clause(
    'insert_delivery_jobs',
    `insert into jobs (environment_id, id, lane, kind, key, payload, due_at, attempts, attempts_max, created_at)
select environment_id, 'job_' || substr(id, 5), 'delivery', 'deliver_webhook',
  'delivery ' || endpoint_id || ' ' || object_id, jsonb_build_object('deliveryId', id, 'endpointId', endpoint_id),
  $1::timestamptz, 0, ${DELIVERY_ATTEMPTS_MAX}, $1::timestamptz
from wanted_deliveries
order by endpoint_id, object_id, ordinal
returning 1`,
  );
}

function addAudit(parts: Parts, changes: Changes): void {
  const rows = changes.audit.map((entry) => ({
    environment_id: entry.environmentId,
    id: entry.id,
    actor_kind: entry.actor.kind,
    actor_id: entry.actor.id,
    actor_address: entry.actor.address,
    request_id: entry.actor.requestId,
    action: entry.action,
    object_kind: entry.objectKind,
    object_id: entry.objectId,
    before: entry.before ?? null,
    after: entry.after ?? null,
  }));
  const columns = `environment_id, id, actor_kind, actor_id, actor_address, request_id, action, object_kind, object_id,
  before, after`;
  parts.clause(
    'insert_audit_entries',
    `insert into audit_entries (${columns}, occurred_at)
select ${columns}, $1::timestamptz
from jsonb_to_recordset(${parts.records(rows)})
  as r(environment_id text, id text, actor_kind text, actor_id text, actor_address text, request_id text, action text,
    object_kind text, object_id text, before jsonb, after jsonb)
returning 1`,
  );
}

function jobRow(job: NewJob): Record<string, unknown> {
  return {
    environment_id: job.environmentId,
    id: job.id,
    lane: job.lane,
    kind: job.kind,
    key: job.key,
    dedupe_key: job.lease === null ? job.dedupeKey : null,
    connection_id: job.connectionId,
    payload: job.payload,
    due_at: isoFromInstant(job.dueAt),
    attempts_max: job.attemptsMax,
    lease_token: job.lease?.token ?? null,
    lease_until: job.lease === null ? null : isoFromInstant(job.lease.until),
  };
}

/**
 * A twin that still waits takes over a new job with its dedupe key; touching its row also makes a worker that is about
 * to claim it wait for this commit, so that it cannot load what was true before.
 */
function addJobs(parts: Parts, jobs: readonly NewJob[]): void {
  const columns = `environment_id, id, lane, kind, key, dedupe_key, connection_id, payload, due_at, attempts_max,
  lease_token, lease_until`;
  parts.clause(
    'insert_jobs',
    `insert into jobs (${columns}, attempts, created_at)
select ${columns}, 0, $1::timestamptz
from rows from (
  jsonb_to_recordset(${parts.records(uniqueByDedupeKey(jobs).map(jobRow))})
    as (environment_id text, id text, lane text, kind text, key text, dedupe_key text, connection_id text,
      payload jsonb, due_at timestamptz, attempts_max integer, lease_token text, lease_until timestamptz)
) with ordinality as r(${columns}, place)
order by key, place
on conflict (environment_id, dedupe_key) where lease_token is null and dead_at is null and dedupe_key is not null
do update set due_at = least(jobs.due_at, excluded.due_at)
returning 1`,
  );
}

/** One statement cannot meet the same row twice: of twins inside one commit the first stands for all. */
function uniqueByDedupeKey(jobs: readonly NewJob[]): NewJob[] {
  const seen = new Set<string>();
  return jobs.filter((job) => {
    if (job.dedupeKey === null || job.lease !== null) return true;
    const key = `${job.environmentId} ${job.dedupeKey}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

const heldRow = (job: HeldJob): Record<string, unknown> => ({
  environment_id: job.environmentId,
  id: job.jobId,
  lease_token: job.leaseToken,
});

const HELD_COLUMNS = 'environment_id text, id text, lease_token text';
const STILL_HELD = `j.environment_id = r.environment_id
  and j.id = r.id
  and j.lease_token = r.lease_token
  and ${fewRows('r.id')}
returning 1`;

/**
 * Done work goes away; only the worker that still holds the lease may say so. Many leave in the order of their keys, which
 * is also the order in which new ones join them: so two commits never wait for each other.
 */
function addFinished(parts: Parts, jobs: readonly HeldJob[]): void {
  parts.clause(
    'finish_jobs',
    `delete from jobs as j
using (
  select j.environment_id, j.id
  from jobs j
  join jsonb_to_recordset(${parts.records(jobs.map(heldRow))}) as r(${HELD_COLUMNS})
    using (environment_id, id, lease_token)
  where ${fewRows('r.id')}
  order by j.key
  for update of j
) held
where j.environment_id = held.environment_id
  and j.id = held.id
returning 1`,
  );
  parts.expect('finish_jobs', jobs.length, LEASE);
}

function addPostponed(parts: Parts, jobs: readonly PostponedJob[]): void {
  const rows = jobs.map((job) => ({
    ...heldRow(job),
    due_at: isoFromInstant(job.dueAt),
    error: job.error,
    uncounted: job.isUncounted ? 1 : 0,
    frees_key: job.freesKey,
  }));
  parts.clause(
    'postpone_jobs',
    `update jobs as j
set lease_token = null, lease_until = null, due_at = r.due_at, last_error = r.error, attempts = j.attempts - r.uncounted,
  lapses = 0, key = case when r.frees_key then null else j.key end
from jsonb_to_recordset(${parts.records(rows)})
  as r(${HELD_COLUMNS}, due_at timestamptz, error jsonb, uncounted integer, frees_key boolean)
where ${STILL_HELD}`,
  );
  parts.expect('postpone_jobs', jobs.length, LEASE);
}

function addBuried(parts: Parts, jobs: readonly BuriedJob[]): void {
  const rows = jobs.map((job) => ({ ...heldRow(job), error: job.error }));
  parts.clause(
    'bury_jobs',
    `update jobs as j
set dead_at = $1::timestamptz, lease_token = null, lease_until = null, last_error = r.error
from jsonb_to_recordset(${parts.records(rows)}) as r(${HELD_COLUMNS}, error jsonb)
where ${STILL_HELD}`,
  );
  parts.expect('bury_jobs', jobs.length, LEASE);
}

/** Back to work with all attempts before it; the triggers put it behind whatever took its place in its key. */
function addRevived(parts: Parts, jobs: readonly RevivedJob[]): void {
  const rows = jobs.map((job) => ({
    environment_id: job.environmentId,
    id: job.id,
    dead_at: isoFromInstant(job.deadAt),
  }));
  parts.clause(
    'revive_jobs',
    `update jobs as j
set dead_at = null, attempts = 0, lapses = 0, due_at = $1::timestamptz, first_attempt_at = null
from jsonb_to_recordset(${parts.records(rows)}) as r(environment_id text, id text, dead_at timestamptz)
where j.environment_id = r.environment_id
  and j.id = r.id
  and j.dead_at = r.dead_at
returning 1`,
  );
  parts.expect('revive_jobs', jobs.length, 'jobs');
}
