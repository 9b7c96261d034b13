import type { Currency, Dispute, DisputeOutcome } from '@tollbridge/core';
import { bigint, boolean, instant, integer, nullable, text } from './column.js';
import type { Database } from './database.js';
import { type Condition, type Page, type PageRequest, pageOf } from './pages.js';
import { fromRow, selectList, table } from './table.js';

export const disputesTable = table<Dispute>(
  'disputes',
  {
    environmentId: text(),
    id: text(),
    paymentId: text(),
    invoiceId: text(),
    customerId: text(),
    connectionId: text(),
    stripeDisputeId: text(),
    stripeChargeId: text(),
    status: text(),
    outcome: nullable(text<DisputeOutcome>()),
    reason: text(),
    amountMinor: bigint(),
    currency: text<Currency>(),
    hasFundsWithdrawn: boolean(),
    evidenceDueAt: nullable(instant()),
    closedAt: nullable(instant()),
    version: integer(),
    createdAt: instant(),
  },
  { key: ['environmentId', 'id'], versioned: true },
);

export async function findDispute(database: Database, environmentId: string, id: string): Promise<Dispute | null> {
  const [row] = await database.query({
    name: 'find_dispute',
    text: `select ${selectList(disputesTable)} from disputes where environment_id = $1 and id = $2`,
    values: [environmentId, id],
  });
  return row === undefined ? null : fromRow(disputesTable, row);
}

export async function findDisputeByStripeId(
  database: Database,
  environmentId: string,
  { connectionId, stripeId }: { readonly connectionId: string; readonly stripeId: string },
): Promise<Dispute | null> {
  const [row] = await database.query({
    name: 'find_dispute_by_stripe_id',
    text: `
select ${selectList(disputesTable)}
from disputes
where environment_id = $1
  and connection_id = $2
  and stripe_dispute_id = $3`,
    values: [environmentId, connectionId, stripeId],
  });
  return row === undefined ? null : fromRow(disputesTable, row);
}

/** Whether a payment of the customer is contested and not decided: then he is not charged by himself. */
export async function hasOpenDispute(database: Database, environmentId: string, customerId: string): Promise<boolean> {
  const [row] = await database.query({
    name: 'has_open_dispute',
    text: `
select exists (
  select 1
  from disputes
  where environment_id = $1
    and customer_id = $2
    and outcome is null
) as found`,
    values: [environmentId, customerId],
  });
  return row?.found === true;
}

export interface DisputeFilter {
  readonly customerId: string | null;
  readonly invoiceId: string | null;
  readonly paymentId: string | null;
}

export async function listDisputes(
  database: Database,
  environmentId: string,
  { request, filter }: { readonly request: PageRequest; readonly filter: DisputeFilter },
): Promise<Page<Dispute> | null> {
  const conditions: Condition[] = [];
  if (filter.customerId !== null) conditions.push({ sql: 't.customer_id = $?', value: filter.customerId });
  if (filter.invoiceId !== null) conditions.push({ sql: 't.invoice_id = $?', value: filter.invoiceId });
  if (filter.paymentId !== null) conditions.push({ sql: 't.payment_id = $?', value: filter.paymentId });
  return pageOf(database, disputesTable, { environmentId, request, conditions });
}
