import type { Database, Statement } from '@tollbridge/server/store/database';
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
  const opening = (kind === 'embedded' ? openEmbedded() : openOwnPostgres()).then(noted);
  opened.set(kind, opening);
  return opening;
}

const underWay = new Set<Statement>();

/** What the databases are asked at this moment, in a few words each. */
export const statementsUnderWay = (): string[] =>
  [...underWay].map(({ name, text }) => name ?? text.trim().slice(0, TEXT_SHOWN));

const TEXT_SHOWN = 60;

/** The same database, of which is known what it is asked. */
const noted = (database: Database): Database => ({
  kind: database.kind,
  async query(statement) {
    underWay.add(statement);
    try {
      return await database.query(statement);
    } finally {
      underWay.delete(statement);
    }
  },
  script: (sql) => database.script(sql),
  onWork: (wake) => database.onWork(wake),
  close: () => database.close(),
});

async function openEmbedded(): Promise<Database> {
  const database = await openInMemory();
  await migrate(database);
  await prepareEmptying(database);
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
  await prepareEmptying(database);
  return database;
}

/**
 * Makes a function that empties every table but the list of migrations, the append-only triggers off while it runs, and
 * lets every sequence begin anew: what follows from a row's number is then the same in each world. As a script it would
 * make the embedded database forget its prepared statements, and plan all of them again for each world.
 */
async function prepareEmptying(database: Database): Promise<void> {
  const [row] = await database.query({
    text: `
select string_agg(statement, '; ') as statements
from (
  select 'delete from public.' || quote_ident(tablename) as statement
  from pg_tables
  where schemaname = 'public'
    and tablename <> 'schema_migrations'
  union all
  select format('perform setval(%L, %s, false)', 'public.' || quote_ident(sequencename), start_value)
  from pg_sequences
  where schemaname = 'public'
) emptying`,
  });
  await database.script(`
create schema worlds;
create function worlds.empty() returns void language plpgsql set session_replication_role = replica
as $$ begin ${row?.statements as string}; end $$`);
}

/** Empties every table but the list of migrations: a new world begins. */
export async function emptyDatabase(database: Database): Promise<void> {
  await database.query({ name: 'empty_world', text: 'select worlds.empty()' });
}

/** Ends what `testDatabase` opened, for programs that must come to an end. */
export async function closeTestDatabases(): Promise<void> {
  for (const database of opened.values()) await (await database).close();
  opened.clear();
}

/**
 * Has each statement planned once. A short world asks most of its questions fewer than the five times after which
 * PostgreSQL thinks of keeping a plan, so that planning was half of what it cost. For the connection in use: one at a
 * time is enough for a seed, and tests that look at plans go on seeing what the product gets.
 */
export async function planOnce(database: Database): Promise<void> {
  await database.query({ text: 'set plan_cache_mode to force_generic_plan' });
}
