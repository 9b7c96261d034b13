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

/** The same text under another seal, for the rotation of the encryption key. */
export async function replaceEncryptionCheck(
  database: Database,
  seals: { readonly old: string; readonly new: string },
): Promise<number> {
  const rows = await database.query({
    text: 'update installation set encryption_check = $2 where id = 1 and encryption_check = $1 returning 1',
    values: [seals.old, seals.new],
  });
  return rows.length;
}
