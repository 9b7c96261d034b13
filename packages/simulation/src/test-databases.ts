import type { Database } from '@tollbridge/server/store/database';
import { openInMemory } from '@tollbridge/server/store/embedded/open';
import { migrate } from '@tollbridge/server/store/migrate';
import { openPostgres } from '@tollbridge/server/store/postgres';

export type DatabaseKind = 'embedded' | 'postgres';

const POSTGRES_VARIABLE = 'TOLLBRIDGE_TEST_DATABASE_URL';

/** The databases tests run on: PostgreSQL only where one is given; `npm test` says so where none is. */
export const testDatabases = (): DatabaseKind[] =>
  process.env[POSTGRES_VARIABLE] === undefined ? ['embedded'] : ['embedded', 'postgres'];

const opened = new Map<DatabaseKind, Promise<Database>>();

/** One database of each kind in a process, migrated once; `emptyDatabase` makes it new for each world. */
export function testDatabase(kind: DatabaseKind): Promise<Database> {
  const known = opened.get(kind);
  if (known !== undefined) return known;
  const opening = kind === 'embedded' ? openEmbedded() : openOwnPostgres();
  opened.set(kind, opening);
  return opening;
}

async function openEmbedded(): Promise<Database> {
  const database = await openInMemory();
  await migrate(database);
  return database;
}

/** A database of this process's own, so that test files can run beside each other. */
async function openOwnPostgres(): Promise<Database> {
  const address = process.env[POSTGRES_VARIABLE];
  if (address === undefined) throw new Error(`${POSTGRES_VARIABLE} is not set`);
  const name = `tollbridge_test_${process.pid}`;
  const server = await openPostgres(address, 1);
  await server.script(`drop database if exists ${name}`);
  await server.script(`create database ${name}`);
  await server.close();
  const own = new URL(address);
  own.pathname = `/${name}`;
  const database = await openPostgres(own.toString());
  await migrate(database);
  return database;
}

/** Empties every table but the list of migrations. The append-only triggers are off for this one transaction. */
export async function emptyDatabase(database: Database): Promise<void> {
  const rows = await database.query({
    text: `
select string_agg('delete from ' || quote_ident(tablename), '; ') as statements
from pg_tables
where schemaname = 'public'
  and tablename <> 'schema_migrations'`,
  });
  await database.script(
    `begin; set local session_replication_role = replica; ${rows[0]?.statements as string}; commit`,
  );
}

/** Ends what `testDatabase` opened, for programs that must come to an end. */
export async function closeTestDatabases(): Promise<void> {
  for (const database of opened.values()) await (await database).close();
  opened.clear();
}
