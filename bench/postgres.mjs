// A database of its own beside the one of DATABASE_URL, gone at the end, on a server that keeps what it commits.
import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** Errors: when the server does not ask the disk for every commit, because then nothing measured on it is true. */
export async function throwawayDatabase() {
  const server = process.env.DATABASE_URL ?? '';
  if (server === '') return null;
  await demandDurable(server);
  const name = `tollbridge_bench_${randomBytes(6).toString('hex')}`;
  await inServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.toString(), drop: () => inServer(server, `drop database if exists ${name} with (force)`) };
}

/** Makes a role that a program insists on, unless it is there; gives the way to take it back. */
export async function withRole(name) {
  const server = process.env.DATABASE_URL ?? '';
  const known = await inServer(server, `select 1 from pg_roles where rolname = '${name}'`);
  if (known.length > 0) return async () => {};
  await inServer(server, `create role ${name}`);
  return () => inServer(server, `drop role ${name}`);
}

/** The row that stands where PostgreSQL would have been measured. */
export const WITHOUT_POSTGRES = 'not measured on PostgreSQL: set DATABASE_URL to a server that may be filled';

async function inServer(url, sql) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}

async function demandDurable(url) {
  for (const setting of ['fsync', 'synchronous_commit']) {
    const [row] = await inServer(url, `show ${setting}`);
    if (row[setting] !== 'on') throw new Error(`The PostgreSQL of DATABASE_URL runs with ${setting}=${row[setting]}.`);
  }
}
