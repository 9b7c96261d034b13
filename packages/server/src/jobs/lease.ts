import { addMilliseconds, type Instant, isoFromInstant } from '@tollbridge/core';
import type { Context } from '../context.js';
import type { Database } from '../store/database.js';
import type { JobUnderWay } from './jobs-under-way.js';

/** How long a claim holds; longer than any single call to Stripe may take (`stripe/open-gateway.ts`), and renewed while it goes on. */
export const LEASE_MILLISECONDS = 60_000;
/** Two renewals may be missed before a lease ends. */
export const RENEW_EVERY_MILLISECONDS = 20_000;
/**
 * So long a job may be under way here: thirty calls to Stripe that each use up their time. What takes longer hangs; its
 * lease is left to end, so that another takes it, and its place in the lane is free.
 */
export const HELD_MAX_MILLISECONDS = 900_000;

export const leaseFrom = (now: Instant): Instant => addMilliseconds(now, LEASE_MILLISECONDS);

/** Renews the leases of everything this process is doing, in one statement. Whose lease is lost, stays lost. */
export async function renewLeases(context: Context): Promise<void> {
  const now = context.clock.machineNow();
  const { underWay } = context;
  // No error yet: so it is too with every job of a machine that was asleep. One that never ends is an error (`run-job.ts`).
  for (const { job } of underWay.letGoBegunBefore(addMilliseconds(now, -HELD_MAX_MILLISECONDS)))
    context.log.warn({ job: { id: job.id, kind: job.kind } }, 'a job hangs: it is left to another worker');
  const { held } = underWay;
  if (held.length === 0) return;
  const until = leaseFrom(now);
  const extended = await extendLeases(context.db, held, until);
  for (const each of held) {
    const isExtended = extended.get(nameOf(each.job));
    if (isExtended === undefined) underWay.lost(each);
    else if (isExtended) underWay.renewed(each, until);
  }
}

const nameOf = (job: { readonly id: string; readonly leaseToken: string }): string => `${job.id} ${job.leaseToken}`;

/**
 * Which of the jobs are still under the lease we know, and whether it was extended: a row that somebody writes at this
 * moment is not waited for, since a commit may hold it and wait for another of ours. The next turn extends it.
 */
async function extendLeases(
  database: Database,
  held: readonly JobUnderWay[],
  until: Instant,
): Promise<Map<string, boolean>> {
  const rows = await database.query({
    name: 'extend_leases',
    text: `
with ours as (
  select j.environment_id, j.id, j.lease_token
  from unnest($2::text[], $3::text[], $4::text[]) as h (environment_id, id, lease_token)
  join jobs j using (environment_id, id, lease_token)
), free as (
  select unlocked.environment_id, unlocked.id
  from ours o
  cross join lateral (
    select j.environment_id, j.id
    from jobs j
    where j.environment_id = o.environment_id
      and j.id = o.id
      and j.lease_token = o.lease_token
    for no key update skip locked
  ) unlocked
), extended as (
  update jobs j
  set lease_until = $1
  from free f
  where j.environment_id = f.environment_id
    and j.id = f.id
  returning j.environment_id, j.id
)
select o.id, o.lease_token, e.id is not null as is_extended
from ours o
left join extended e using (environment_id, id)`,
    values: [
      isoFromInstant(until),
      held.map(({ job }) => job.environmentId),
      held.map(({ job }) => job.id),
      held.map(({ job }) => job.leaseToken),
    ],
  });
  return new Map(
    rows.map((row) => [
      nameOf({ id: row.id as string, leaseToken: row.lease_token as string }),
      row.is_extended === true,
    ]),
  );
}

/** Keeps the leases of this process, whoever began its jobs, until it is told to stop. A failure is made good by the next turn. */
export function keepLeases(context: Context): () => void {
  let isStopped = false;
  let cancelTimer = () => {};
  const again = () => {
    if (!isStopped) cancelTimer = context.clock.after(RENEW_EVERY_MILLISECONDS, turn);
  };
  const turn = () =>
    context.spawn('renewing leases', async () => {
      try {
        await renewLeases(context);
      } finally {
        again();
      }
    });
  again();
  return () => {
    isStopped = true;
    cancelTimer();
  };
}
