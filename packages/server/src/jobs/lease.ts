import { addMilliseconds, type Instant, isoFromInstant } from '@tollbridge/core';
import type { Context } from '../context.js';
import type { Database } from '../store/database.js';
import type { JobUnderWay } from './jobs-under-way.js';

/** How long a claim holds; longer than any single call to Stripe may take (`stripe/gateway.ts`), and renewed while it goes on. */
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
  for (const { job } of context.underWay.letGoBegunBefore(addMilliseconds(now, -HELD_MAX_MILLISECONDS)))
    context.log.error({ job: { id: job.id, kind: job.kind } }, 'a job hangs: it is left to another worker');
  const held = context.underWay.held;
  if (held.length > 0) await extendLeases(context.db, held, leaseFrom(now));
}

async function extendLeases(database: Database, held: readonly JobUnderWay[], until: Instant): Promise<void> {
  await database.query({
    name: 'extend_leases',
    text: `
update jobs j
set lease_until = $1
from unnest($2::text[], $3::text[], $4::text[]) as h (environment_id, id, lease_token)
where j.environment_id = h.environment_id
  and j.id = h.id
  and j.lease_token = h.lease_token`,
    values: [
      isoFromInstant(until),
      held.map(({ job }) => job.environmentId),
      held.map(({ job }) => job.id),
      held.map(({ job }) => job.leaseToken),
    ],
  });
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
