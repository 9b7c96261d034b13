import { type Instant, isoFromInstant } from '@tollbridge/core';
import type { Database } from '../store/database.js';

/** Makes due at once what waits for a connection that is back, instead of at its next turn. */
export async function wakeJobsOfConnection(
  database: Database,
  connection: { readonly environmentId: string; readonly connectionId: string },
  now: Instant,
): Promise<number> {
  const rows = await database.query({
    text: `
update jobs
set due_at = $3
where environment_id = $1
  and connection_id = $2
  and dead_at is null
  and lease_token is null
  and due_at > $3
  and last_error ->> 'code' in ('connection_disconnected', 'connection_unauthorized', 'connection_forbidden')
returning 1`,
    values: [connection.environmentId, connection.connectionId, isoFromInstant(now)],
  });
  return rows.length;
}
