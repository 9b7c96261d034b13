import { type CardPayments, type Connection, type Instant, isoFromInstant, isPartedWith } from '@tollbridge/core';
import type { Context } from '../context.js';
import { accessOf } from '../stripe-access.js';
import { TEXTS_TOGETHER } from './asked-together.js';
import { boolean, instant, integer, json, nullable, text } from './column.js';
import { type ConnectionCredentials, connectionCredentialsTable } from './connection-credentials.js';
import type { Database } from './database.js';
import { type Page, type PageRequest, pageOf } from './pages.js';
import { fromRow, selectList, table } from './table.js';

export const connectionsTable = table<Connection>(
  'connections',
  {
    environmentId: text(),
    id: text(),
    code: text(),
    name: text(),
    mode: text<Connection['mode']>(),
    status: text<Connection['status']>(),
    reason: text<Connection['reason']>(),
    statusMessage: nullable(text()),
    statusChangedAt: instant(),
    enabled: boolean(),
    createCustomers: boolean(),
    isDefault: boolean(),
    stripeAccountId: nullable(text()),
    connectedBy: nullable(json<NonNullable<Connection['connectedBy']>>()),
    livemode: boolean(),
    host: text<Connection['host']>(),
    apiVersion: text(),
    publishableKey: nullable(text()),
    secretKeyHint: nullable(text()),
    cardPayments: text<CardPayments>(),
    requirements: json<Connection['requirements']>(),
    deadlineAt: nullable(instant()),
    checklist: json<Connection['checklist']>(),
    accountWanted: nullable(json<NonNullable<Connection['accountWanted']>>()),
    webhookMode: text<Connection['webhookMode']>(),
    webhookEndpointId: nullable(text()),
    webhookProblem: nullable(text<NonNullable<Connection['webhookProblem']>>()),
    lastPushAt: nullable(instant()),
    lastEventAt: nullable(instant()),
    createdAt: instant(),
    version: integer(),
  },
  { key: ['environmentId', 'id'], versioned: true },
);

export async function findConnection(
  database: Database,
  environmentId: string,
  id: string,
): Promise<Connection | null> {
  const [row] = await database.query({
    name: 'find_connection',
    together: TEXTS_TOGETHER,
    text: `select ${selectList(connectionsTable)} from connections where environment_id = $1 and id = $2`,
    values: [environmentId, id],
  });
  return row === undefined ? null : fromRow(connectionsTable, row);
}

export async function findConnectionByCode(
  database: Database,
  environmentId: string,
  code: string,
): Promise<Connection | null> {
  const [row] = await database.query({
    name: 'find_connection_by_code',
    text: `select ${selectList(connectionsTable)} from connections where environment_id = $1 and code = $2`,
    values: [environmentId, code],
  });
  return row === undefined ? null : fromRow(connectionsTable, row);
}

export async function findDefaultConnection(database: Database, environmentId: string): Promise<Connection | null> {
  const [row] = await database.query({
    name: 'find_default_connection',
    text: `select ${selectList(connectionsTable)} from connections where environment_id = $1 and is_default`,
    values: [environmentId],
  });
  return row === undefined ? null : fromRow(connectionsTable, row);
}

export async function findConnectionByAccount(
  database: Database,
  environmentId: string,
  account: { readonly host: Connection['host']; readonly stripeAccountId: string },
): Promise<Connection | null> {
  const [row] = await database.query({
    name: 'find_connection_by_account',
    text: `
select ${selectList(connectionsTable)}
from connections
where environment_id = $1
  and host = $2
  and stripe_account_id = $3`,
    values: [environmentId, account.host, account.stripeAccountId],
  });
  return row === undefined ? null : fromRow(connectionsTable, row);
}

/** By its id alone, for an endpoint at Stripe, which names no environment. */
export async function findConnectionOfWebhook(database: Database, id: string): Promise<Connection | null> {
  const found = await findConnectionWithCredentials(database, id);
  return found === null ? null : found.connection;
}

/** What stands of credentials beside their connection's columns. */
export const CREDENTIALS = `d.connection_id, d.secret_key_sealed, d.webhook_secret_sealed, d.second_webhook_secret_sealed,
  d.second_webhook_secret_expires_at`;

/** By its id alone, for what Stripe pushes to its address; without credentials when it has none. */
export async function findConnectionWithCredentials(
  database: Database,
  id: string,
): Promise<{ readonly connection: Connection; readonly credentials: ConnectionCredentials | null } | null> {
  const [row] = await database.query({
    name: 'find_connection_of_webhook',
    together: TEXTS_TOGETHER,
    text: `
select ${selectList(connectionsTable, 'c')}, ${CREDENTIALS}
from connections c
left join connection_credentials d on d.environment_id = c.environment_id
  and d.connection_id = c.id
where c.id = $1`,
    values: [id],
  });
  if (row === undefined) return null;
  const connection = fromRow(connectionsTable, row);
  return { connection, credentials: row.connection_id === null ? null : fromRow(connectionCredentialsTable, row) };
}

export async function listConnections(
  database: Database,
  environmentId: string,
  request: PageRequest,
): Promise<Page<Connection> | null> {
  return pageOf(database, connectionsTable, { environmentId, request, conditions: [] });
}

/** Of one environment, in the order in which they were made; there are few. */
export async function listAllConnections(database: Database, environmentId: string): Promise<Connection[]> {
  const rows = await database.query({
    name: 'list_all_connections',
    text: `select ${selectList(connectionsTable)} from connections where environment_id = $1 order by seq`,
    values: [environmentId],
  });
  return rows.map((row) => fromRow(connectionsTable, row));
}

/** Connections of all environments whose keys should still work, after an id, for what looks after each of them. */
export async function listWorkingConnections(
  database: Database,
  afterId: string,
  limit: number,
): Promise<Connection[]> {
  const rows = await database.query({
    name: 'list_working_connections',
    text: `
select ${selectList(connectionsTable, 'c')}
from connections c
join environments e on e.id = c.environment_id
  and e.deleted_at is null
where c.status <> 'disconnected'
  and c.id > $1
order by c.id
limit $2`,
    values: [afterId, limit],
  });
  return rows.map((row) => fromRow(connectionsTable, row));
}

export interface ConnectionWithAccess {
  readonly connection: Connection;
  readonly access: NonNullable<ReturnType<typeof accessOf>>;
}

/** The connection and the right to call Stripe through it; null when there is none (`accessOf`), or its environment was deleted. */
export async function findConnectionWithAccess(
  context: Context,
  environmentId: string,
  id: string,
): Promise<ConnectionWithAccess | null> {
  const found = await findConnectionOrAccess(context, environmentId, id);
  if (found === null) return null;
  const { connection, access } = found;
  return access === null ? null : { connection, access };
}

/** The connection; without access where there is none (`accessOf`), or its environment was deleted. */
export async function findConnectionOrAccess(
  context: Context,
  environmentId: string,
  id: string,
): Promise<{ readonly connection: Connection; readonly access: ConnectionWithAccess['access'] | null } | null> {
  const [row] = await context.db.query({
    name: 'find_connection_with_credentials',
    together: TEXTS_TOGETHER,
    text: `
select ${selectList(connectionsTable, 'c')}, ${CREDENTIALS}, e.deleted_at is null as is_living
from connections c
join environments e on e.id = c.environment_id
left join connection_credentials d on d.environment_id = c.environment_id
  and d.connection_id = c.id
where c.environment_id = $1
  and c.id = $2`,
    values: [environmentId, id],
  });
  if (row === undefined) return null;
  const connection = fromRow(connectionsTable, row);
  return { connection, access: row.is_living === true ? accessFromRow(context, connection, row) : null };
}

/**
 * The right to call Stripe through a connection that was read with its credentials; null from the moment somebody parted with
 * it (CON-7), although its keys are erased only when what was under way has ended (`effects/end-connection.ts`).
 */
export function accessFromRow(
  context: Context,
  connection: Connection,
  row: Record<string, unknown>,
): ConnectionWithAccess['access'] | null {
  if (isPartedWith(connection)) return null;
  return accessOf(context, connection, row.connection_id === null ? null : fromRow(connectionCredentialsTable, row));
}

/** All connections to an account by a platform, for what its endpoint hears of the account; ended ones among them. */
export async function listConnectionsOfPlatform(
  database: Database,
  account: Pick<Connection, 'host' | 'livemode'> & { readonly stripeAccountId: string },
): Promise<Connection[]> {
  const rows = await database.query({
    name: 'list_connections_of_platform',
    text: `
select ${selectList(connectionsTable, 'c')}
from connections c
join environments e on e.id = c.environment_id
  and e.deleted_at is null
where c.host = $1
  and c.stripe_account_id = $2
  and c.livemode = $3
  and c.mode <> 'key'
order by c.id`,
    values: [account.host, account.stripeAccountId, account.livemode],
  });
  return rows.map((row) => fromRow(connectionsTable, row));
}

/** Connections by a platform that still act, by host and mode: each needs a key of that platform. */
export async function countConnectionsByPlatform(
  database: Database,
): Promise<{ readonly host: Connection['host']; readonly livemode: boolean; readonly count: number }[]> {
  const rows = await database.query({
    text: `
select c.host, c.livemode, count(*)::integer as count
from connections c
join environments e on e.id = c.environment_id
  and e.deleted_at is null
where c.mode <> 'key'
  and c.status <> 'disconnected'
  and c.stripe_account_id is not null
group by c.host, c.livemode
order by c.host, c.livemode`,
    values: [],
  });
  return rows.map((row) => ({
    host: row.host as Connection['host'],
    livemode: row.livemode as boolean,
    count: row.count as number,
  }));
}

interface Heard {
  readonly via: 'push' | 'poll';
  readonly now: Instant;
}

const TOUCH_INTERVAL_MILLISECONDS = 10_000;

/** Whether the row as it was read says so little of the last event that it is worth a write. */
export function isTouchDue({ lastEventAt, lastPushAt }: Connection, { via, now }: Heard): boolean {
  const isOld = (at: Instant | null) => at === null || at < now - TOUCH_INTERVAL_MILLISECONDS;
  return isOld(lastEventAt) || (via === 'push' && isOld(lastPushAt));
}

/**
 * Remembers that an event came, at most every ten seconds, so that hearing does not become writing. Not a new version of
 * the row: nothing is decided by it, and a decision under way must not fail because Stripe spoke meanwhile.
 */
export async function touchConnection(
  database: Database,
  connection: Pick<Connection, 'environmentId' | 'id'>,
  { via, now }: Heard,
): Promise<void> {
  await database.query({
    name: 'touch_connection',
    text: `
update connections
set last_event_at = $3::timestamptz, last_push_at = case when $4 then $3::timestamptz else last_push_at end
where environment_id = $1
  and id = $2
  and (
    last_event_at is null
    or last_event_at < $3::timestamptz - interval '${TOUCH_INTERVAL_MILLISECONDS} milliseconds'
    or ($4 and (last_push_at is null or last_push_at < $3::timestamptz - interval '${TOUCH_INTERVAL_MILLISECONDS} milliseconds'))
  )`,
    values: [connection.environmentId, connection.id, isoFromInstant(now), via === 'push'],
  });
}
