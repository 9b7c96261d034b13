import { randomBytes } from 'node:crypto';
import { openPostgres } from '../store/postgres.js';

export interface ThrowawayDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** Beside the database of `DATABASE_URL` a new one, dropped at the end; null without PostgreSQL. */
export async function openThrowawayDatabase(databaseUrl: string | undefined): Promise<ThrowawayDatabase | null> {
  if (databaseUrl === undefined || databaseUrl === '') return null;
  const name = `tollbridge_demo_${randomBytes(6).toString('hex')}`;
  await inServer(databaseUrl, `create database ${name}`);
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return { url: url.toString(), drop: () => inServer(databaseUrl, `drop database if exists ${name} with (force)`) };
}

async function inServer(databaseUrl: string, statement: string): Promise<void> {
  const server = await openPostgres(databaseUrl, 1);
  await server.script(statement);
  await server.close();
}
