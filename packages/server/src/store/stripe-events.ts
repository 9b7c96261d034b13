import { type Instant, invariant, isoFromInstant } from '@tollbridge/core';
import { TEXTS_TOGETHER } from './asked-together.js';
import { boolean, instant, integer, json, nullable, text } from './column.js';
import type { Database } from './database.js';
import { type Condition, type Page, type PageRequest, pageOf } from './pages.js';
import { fromRow, selectList, table } from './table.js';

export const STRIPE_EVENT_STATUSES = ['pending', 'applied', 'ignored', 'foreign', 'dead'] as const;
export type StripeEventStatus = (typeof STRIPE_EVENT_STATUSES)[number];

/** What Stripe told us, kept as it came: the one inbox for what is pushed and what is polled (CON-6). */
export interface StripeEventRow {
  readonly environmentId: string;
  readonly connectionId: string;
  /** `evt_…`: with the connection, what makes it one event however often it comes. */
  readonly stripeEventId: string;
  readonly id: string;
  readonly type: string;
  readonly apiVersion: string | null;
  readonly livemode: boolean;
  /** The connected account it is about, where a platform hears of many. */
  readonly account: string | null;
  readonly objectId: string | null;
  readonly occurredAt: Instant;
  readonly payload: Readonly<Record<string, unknown>>;
  /** `reread`: a sign that we gave ourselves, where Stripe keeps its events no longer. */
  readonly receivedVia: 'push' | 'poll' | 'reread';
  readonly receivedAt: Instant;
  readonly status: StripeEventStatus;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly processedAt: Instant | null;
  readonly version: number;
}

export const stripeEventsTable = table<StripeEventRow>(
  'stripe_events',
  {
    environmentId: text(),
    connectionId: text(),
    stripeEventId: text(),
    id: text(),
    type: text(),
    apiVersion: nullable(text()),
    livemode: boolean(),
    account: nullable(text()),
    objectId: nullable(text()),
    occurredAt: instant(),
    payload: json<StripeEventRow['payload']>(),
    receivedVia: text<StripeEventRow['receivedVia']>(),
    receivedAt: instant(),
    status: text<StripeEventStatus>(),
    attempts: integer(),
    lastError: nullable(text()),
    processedAt: nullable(instant()),
    version: integer(),
  },
  { key: ['environmentId', 'connectionId', 'stripeEventId'], versioned: true },
);

/** What becomes of an event; what it says is never written again. */
export type StripeEventOutcome = Pick<
  StripeEventRow,
  'environmentId' | 'connectionId' | 'stripeEventId' | 'status' | 'attempts' | 'lastError' | 'processedAt' | 'version'
>;

export const stripeEventOutcomesTable = table<StripeEventOutcome>(
  'stripe_events',
  {
    environmentId: text(),
    connectionId: text(),
    stripeEventId: text(),
    status: text<StripeEventStatus>(),
    attempts: integer(),
    lastError: nullable(text()),
    processedAt: nullable(instant()),
    version: integer(),
  },
  { key: ['environmentId', 'connectionId', 'stripeEventId'], versioned: true },
);

export async function findStripeEvent(
  database: Database,
  environmentId: string,
  id: string,
): Promise<StripeEventRow | null> {
  const [row] = await database.query({
    name: 'find_stripe_event',
    together: TEXTS_TOGETHER,
    text: `select ${selectList(stripeEventsTable)} from stripe_events where environment_id = $1 and id = $2`,
    values: [environmentId, id],
  });
  return row === undefined ? null : fromRow(stripeEventsTable, row);
}

/** Whether it has come before. */
export async function isKnownStripeEvent(
  database: Database,
  { environmentId, connectionId, stripeEventId }: StripeEventRow,
): Promise<boolean> {
  const rows = await database.query({
    name: 'find_known_stripe_event',
    together: TEXTS_TOGETHER,
    text: `
select 1 as known
from stripe_events
where environment_id = $1
  and connection_id = $2
  and stripe_event_id = $3`,
    values: [environmentId, connectionId, stripeEventId],
  });
  return rows.length > 0;
}

/** Which of these events have come before. */
export async function findKnownStripeEvents(
  database: Database,
  connection: { readonly environmentId: string; readonly id: string },
  stripeEventIds: readonly string[],
): Promise<Set<string>> {
  if (stripeEventIds.length === 0) return new Set();
  const rows = await database.query({
    name: 'find_known_stripe_events',
    text: `
select stripe_event_id
from stripe_events
where environment_id = $1
  and connection_id = $2
  and stripe_event_id = any($3::text[])`,
    values: [connection.environmentId, connection.id, [...stripeEventIds]],
  });
  return new Set(rows.map((row) => row.stripe_event_id as string));
}

/** When the newest event that we listen to was brought by polling, of those that came before a moment; null: never. */
export async function findNewestPolled(
  database: Database,
  connection: { readonly environmentId: string; readonly id: string },
  before: Instant,
): Promise<Instant | null> {
  const [row] = await database.query({
    name: 'find_newest_polled',
    text: `
select received_at
from stripe_events
where environment_id = $1
  and connection_id = $2
  and received_via = 'poll'
  and status <> 'ignored'
  and received_at < $3
order by seq desc
limit 1`,
    values: [connection.environmentId, connection.id, isoFromInstant(before)],
  });
  return (row?.received_at ?? null) as Instant | null;
}

/** Whether something of a connection's inbox that came until then is not applied yet. */
export async function hasPendingStripeEvents(
  database: Database,
  connection: { readonly environmentId: string; readonly id: string },
  until: Instant,
): Promise<boolean> {
  const rows = await database.query({
    name: 'has_pending_stripe_events',
    text: `
select 1 as pending
from stripe_events
where environment_id = $1
  and connection_id = $2
  and status = 'pending'
  and received_at <= $3
limit 1`,
    values: [connection.environmentId, connection.id, isoFromInstant(until)],
  });
  return rows.length > 0;
}

/** How many of a connection's inbox are not applied yet. */
export async function countPendingStripeEvents(
  database: Database,
  connection: { readonly environmentId: string; readonly id: string },
): Promise<number> {
  const [row] = await database.query({
    name: 'count_pending_stripe_events',
    text: `
select count(*)::integer as count
from stripe_events
where environment_id = $1
  and connection_id = $2
  and status = 'pending'`,
    values: [connection.environmentId, connection.id],
  });
  return row?.count as number;
}

export interface StripeEventFilter {
  readonly connectionId: string | null;
  readonly type: string | null;
  readonly status: StripeEventStatus | null;
  readonly objectId: string | null;
}

export async function listStripeEventRows(
  database: Database,
  environmentId: string,
  { request, filter }: { readonly request: PageRequest; readonly filter: StripeEventFilter },
): Promise<Page<StripeEventRow> | null> {
  const conditions: Condition[] = [];
  if (filter.connectionId !== null) conditions.push({ sql: 't.connection_id = $?', value: filter.connectionId });
  if (filter.type !== null) conditions.push({ sql: 't.type = $?', value: filter.type });
  if (filter.status !== null) conditions.push({ sql: 't.status = $?', value: filter.status });
  if (filter.objectId !== null) conditions.push({ sql: 't.object_id = $?', value: filter.objectId });
  return pageOf(database, stripeEventsTable, { environmentId, request, conditions });
}

/** The oldest events of a status, and a type if one is named, for a replay in bulk. */
export async function listStripeEventsToReplay(
  database: Database,
  environmentId: string,
  wanted: { readonly status: StripeEventStatus; readonly type: string | null; readonly limit: number },
): Promise<StripeEventRow[]> {
  invariant(wanted.status !== 'pending', 'what waits already is not replayed');
  const rows = await database.query({
    text: `
select ${selectList(stripeEventsTable)}
from stripe_events
where environment_id = $1
  and status = $2
  and ($3::text is null or type = $3)
order by seq
limit $4`,
    values: [environmentId, wanted.status, wanted.type, wanted.limit],
  });
  return rows.map((row) => fromRow(stripeEventsTable, row));
}
