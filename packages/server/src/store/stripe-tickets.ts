import type { Changes } from '../changes.js';
import { bigint, text } from './column.js';
import type { Database, Together } from './database.js';
import { table } from './table.js';

/**
 * The right to write what a fetch is about to bring (EVT-3). Stripe's objects carry no version, so the order of looking
 * is the order of truth: a result counts only while nobody who looked later has written.
 */
export interface StripeTicket {
  readonly environmentId: string;
  readonly connectionId: string;
  readonly objectId: string;
  readonly applied: bigint;
}

/** Without `issued`: applying one ticket must not take back those that were given out meanwhile. */
const stripeTicketsTable = table<StripeTicket>(
  'stripe_tickets',
  { environmentId: text(), connectionId: text(), objectId: text(), applied: bigint() },
  { key: ['environmentId', 'connectionId', 'objectId'], versioned: false },
);

/** Whoever takes one of the same object at the same moment gets a number of his own, in the order in which they asked. */
const TICKETS_TOGETHER: Together = {
  join: (statements) => ({
    name: 'take_stripe_tickets',
    text: `
with asked as (
  select *
  from unnest($1::text[], $2::text[], $3::text[]) with ordinality as a (environment_id, connection_id, object_id, turn)
), taken as (
  insert into stripe_tickets as t (environment_id, connection_id, object_id, issued, applied)
  select environment_id, connection_id, object_id, count(*), 0
  from asked
  group by environment_id, connection_id, object_id
  order by environment_id, connection_id, object_id
  on conflict (environment_id, connection_id, object_id) do update
  set issued = t.issued + excluded.issued
  returning environment_id, connection_id, object_id, issued
)
select turn, issued - count(*) over of_object + row_number() over (of_object order by turn) as issued
from asked
join taken using (environment_id, connection_id, object_id)
window of_object as (partition by environment_id, connection_id, object_id)
order by turn`,
    values: [0, 1, 2].map((place) => statements.map(({ values = [] }) => values[place])),
  }),
  split: (rows) => rows.map((row) => [row]),
};

/** Takes the next ticket of an object of Stripe's; to be taken BEFORE the object is fetched. */
export async function takeTicket(
  database: Database,
  environmentId: string,
  connectionId: string,
  objectId: string,
): Promise<StripeTicket> {
  const [row] = await database.query({
    name: 'take_stripe_ticket',
    text: `
insert into stripe_tickets as t (environment_id, connection_id, object_id, issued, applied)
values ($1, $2, $3, 1, 0)
on conflict (environment_id, connection_id, object_id) do update
set issued = t.issued + 1
returning issued`,
    values: [environmentId, connectionId, objectId],
    together: TICKETS_TOGETHER,
  });
  return { environmentId, connectionId, objectId, applied: row?.issued as bigint };
}

/**
 * Makes the commit fail as `SupersededTicket` when a later ticket was applied before (the trigger of migration 0002). That
 * is a conflict like any other: the door looks again, with a ticket of its own.
 */
export function applyTicket(changes: Changes, ticket: StripeTicket): Changes {
  return changes.update(stripeTicketsTable, ticket);
}
