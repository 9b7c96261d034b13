import { type Instant, isoFromInstant } from '@tollbridge/core';
import type { Lane } from '../changes.js';
import type { Database } from './database.js';

export interface WorkCount {
  readonly lane: Lane;
  readonly waitingCount: number;
  readonly deadCount: number;
  readonly oldestDueSeconds: number;
}

/** What waits in each lane, over all environments: for the operator's metrics. */
export async function countWork(database: Database, now: Instant): Promise<WorkCount[]> {
  const rows = await database.query({
    text: `
select lane,
  (count(*) filter (where dead_at is null))::integer as waiting_count,
  (count(*) filter (where dead_at is not null))::integer as dead_count,
  coalesce(extract(epoch from $1::timestamptz - min(due_at) filter (where dead_at is null and due_at <= $1)), 0)::float8
    as oldest_due_seconds
from jobs
group by lane
order by lane`,
    values: [isoFromInstant(now)],
  });
  return rows.map((row) => ({
    lane: row.lane as Lane,
    waitingCount: row.waiting_count as number,
    deadCount: row.dead_count as number,
    oldestDueSeconds: row.oldest_due_seconds as number,
  }));
}
