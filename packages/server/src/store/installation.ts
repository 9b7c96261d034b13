import { type Instant, isoFromInstant } from '@tollbridge/core';
import type { Database } from './database.js';

/** What an installation sealed at its first start, to know its encryption key again; null before that. */
export async function findEncryptionCheck(database: Database): Promise<string | null> {
  const [row] = await database.query({ text: 'select encryption_check from installation where id = 1' });
  return (row?.encryption_check ?? null) as string | null;
}

/** Keeps the first one only: of two processes that start at once, the second finds the first one's. */
export async function keepEncryptionCheck(database: Database, sealed: string, now: Instant): Promise<void> {
  await database.query({
    text: `
insert into installation (id, encryption_check, created_at)
values (1, $1, $2)
on conflict (id) do nothing`,
    values: [sealed, isoFromInstant(now)],
  });
}
