import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { invariant } from '@tollbridge/core';
import type { Database } from './database.js';
import { packageFolder } from './package-folder.js';

/** The database was written by a newer Tollbridge than this one. */
export class SchemaTooNew extends Error {
  constructor(found: number, known: number) {
    super(`the database is at schema ${found}, this program knows schemas up to ${known}`);
    this.name = 'SchemaTooNew';
  }
}

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

const MIGRATION_FILE = /^(\d{4})-([a-z0-9-]+)\.sql$/;
/** Any one number: the same for all of our processes on one PostgreSQL, so that only one migrates at a time. */
const ADVISORY_LOCK = 7_262_651;

/** Migrations in order, read from the sources' folder also when this runs compiled. */
export function readMigrations(): Migration[] {
  const folder = join(packageFolder(), 'src', 'store', 'migrations');
  const migrations = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      const [, number, name] = MIGRATION_FILE.exec(file) ?? [];
      invariant(number !== undefined && name !== undefined, `the migration ${file} needs a name like 0001-what.sql`);
      return { number: Number(number), name, sql: readFileSync(join(folder, file), 'utf8') };
    });
  migrations.forEach((migration, index) => {
    invariant(migration.number === index + 1, `migrations are numbered without gaps, ${migration.name} is not`);
  });
  return migrations;
}

/**
 * Brings the schema up to date; each migration and its entry are one transaction, and a second process waits.
 * Errors: `SchemaTooNew` when the database is ahead of us, and then nothing is changed.
 */
export async function migrate(database: Database, migrations = readMigrations()): Promise<number> {
  const current = await refuseNewerSchema(database, migrations);
  for (const migration of migrations.slice(current)) await database.script(transactionOf(migration));
  return migrations.length - current;
}

/** The schema the database is at; 0 when it is new. Errors: `SchemaTooNew`. */
export async function refuseNewerSchema(database: Database, migrations = readMigrations()): Promise<number> {
  const current = await currentSchema(database);
  if (current > migrations.length) throw new SchemaTooNew(current, migrations.length);
  return current;
}

async function currentSchema(database: Database): Promise<number> {
  const [exists] = await database.query({
    text: `select to_regclass('public.schema_migrations') is not null as found`,
  });
  if (exists?.found !== true) return 0;
  const [row] = await database.query({
    text: 'select coalesce(max(number), 0)::integer as number from schema_migrations',
  });
  return row?.number as number;
}

/**
 * The lock and the repeated look inside make parallel starts safe: the second process finds the number taken, and its
 * block does nothing. The migration's own text runs by `execute`, so it may hold several statements.
 */
function transactionOf(migration: Migration): string {
  const quote = `$migration_${migration.number}$`;
  invariant(!migration.sql.includes(quote), `the migration ${migration.name} may not contain ${quote}`);
  return `
begin;
select pg_advisory_xact_lock(${ADVISORY_LOCK});
create table if not exists schema_migrations (
  number integer primary key,
  name text not null,
  applied_at timestamptz not null default now()
);
do $guard$
begin
  if not exists (select 1 from schema_migrations where number = ${migration.number}) then
    execute ${quote}
${migration.sql}
${quote};
    insert into schema_migrations (number, name) values (${migration.number}, '${migration.name}');
  end if;
end
$guard$;
commit;`;
}
