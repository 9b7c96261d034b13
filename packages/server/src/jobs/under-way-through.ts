import { type Instant, isoFromInstant } from '@tollbridge/core';
import type { Database } from '../store/database.js';
import type { Job } from './queue.js';

/** How many other jobs of all processes are under way that call Stripe through a connection, or may. */
export async function countUnderWayThrough(
  database: Database,
  { environmentId, id: ownId }: Pick<Job, 'environmentId' | 'id'>,
  { connectionId, now }: { readonly connectionId: string; readonly now: Instant },
): Promise<number> {
  const [row] = await database.query({
    text: `
select count(*)::integer as count
from jobs
where environment_id = $1
  and id <> $2
  and lease_until > $3
  and (connection_id = $4 or payload ->> 'connectionId' = $4)`,
    values: [environmentId, ownId, isoFromInstant(now), connectionId],
  });
  return row?.count as number;
}
