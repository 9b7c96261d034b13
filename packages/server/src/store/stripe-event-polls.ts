import { type EventGap, type Instant, isoFromInstant } from '@tollbridge/core';
import { bigint, instant, integer, json, nullable, text, textArray } from './column.js';
import type { Database } from './database.js';
import { fromRow, selectList, table } from './table.js';

/** How far a connection's events have been read by polling (CON-6). A pass is the way from the newest event back. */
export interface StripeEventPoll {
  readonly environmentId: string;
  readonly connectionId: string;
  readonly intervalSeconds: number;
  readonly dueAt: Instant;
  /** Unix seconds of Stripe's: everything up to here has been seen by a pass that came to its end. */
  readonly seenUntil: bigint;
  /** What `seenUntil` becomes when the pass under way ends; null when none is. */
  readonly passSeenUntil: bigint | null;
  /** The event after which the pass goes on. */
  readonly passPageAfter: string | null;
  readonly lastPolledAt: Instant | null;
  readonly lastError: string | null;
  /** What the endpoint at Stripe does not push although we listen, so that only polling brings it; null: not known. */
  readonly missingEvents: string[] | null;
  /** When the pass under way began, or the last one; null before the first. */
  readonly passBeganAt: Instant | null;
  /** Up to when Stripe was listened to: when the last page was read; null before the first. */
  readonly lookedUntil: Instant | null;
  /** The last time in which nobody listened; null when there was none. */
  readonly gap: EventGap | null;
  readonly version: number;
}

export const stripeEventPollsTable = table<StripeEventPoll>(
  'stripe_event_polls',
  {
    environmentId: text(),
    connectionId: text(),
    intervalSeconds: integer(),
    dueAt: instant(),
    seenUntil: bigint(),
    passSeenUntil: nullable(bigint()),
    passPageAfter: nullable(text()),
    lastPolledAt: nullable(instant()),
    lastError: nullable(text()),
    missingEvents: nullable(textArray()),
    passBeganAt: nullable(instant()),
    lookedUntil: nullable(instant()),
    gap: nullable(json<EventGap>()),
    version: integer(),
  },
  { key: ['environmentId', 'connectionId'], versioned: true },
);

export async function findStripeEventPoll(
  database: Database,
  environmentId: string,
  connectionId: string,
): Promise<StripeEventPoll | null> {
  const [row] = await database.query({
    name: 'find_stripe_event_poll',
    text: `
select ${selectList(stripeEventPollsTable)}
from stripe_event_polls
where environment_id = $1
  and connection_id = $2`,
    values: [environmentId, connectionId],
  });
  return row === undefined ? null : fromRow(stripeEventPollsTable, row);
}

/** Polls of connections that are not lost and whose time has come, the longest waiting first. */
export async function listDuePolls(database: Database, now: Instant, limit: number): Promise<StripeEventPoll[]> {
  const rows = await database.query({
    name: 'list_due_polls',
    text: `
select ${selectList(stripeEventPollsTable, 'p')}
from stripe_event_polls p
join connections c on c.environment_id = p.environment_id
  and c.id = p.connection_id
join environments e on e.id = p.environment_id
  and e.deleted_at is null
where p.due_at <= $1
  and c.status <> 'disconnected'
  -- What has no account yet has nothing to be asked for.
  and c.stripe_account_id is not null
order by p.due_at, p.environment_id, p.connection_id
limit $2`,
    values: [isoFromInstant(now), limit],
  });
  return rows.map((row) => fromRow(stripeEventPollsTable, row));
}
