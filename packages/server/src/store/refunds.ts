import { type Currency, REFUNDS_OF_PAYMENT_MAX, type Refund } from '@tollbridge/core';
import { TEXTS_TOGETHER } from './asked-together.js';
import { bigint, instant, integer, json, nullable, text } from './column.js';
import type { Database } from './database.js';
import { type Condition, type Page, type PageRequest, pageOf } from './pages.js';
import { fromRow, selectList, table } from './table.js';

export const refundsTable = table<Refund>(
  'refunds',
  {
    environmentId: text(),
    id: text(),
    paymentId: text(),
    invoiceId: text(),
    customerId: text(),
    connectionId: text(),
    creditNoteId: nullable(text()),
    status: text<Refund['status']>(),
    reason: text<Refund['reason']>(),
    origin: text<Refund['origin']>(),
    amountMinor: bigint(),
    fromOverpaymentMinor: bigint(),
    currency: text<Currency>(),
    stripePaymentIntentId: text(),
    stripeRefundId: nullable(text()),
    keyGeneration: integer(),
    keyUsedAt: instant(),
    keySentAt: nullable(instant()),
    keySpentAt: nullable(instant()),
    failure: json<Refund['failure']>(),
    metadata: json<Refund['metadata']>(),
    succeededAt: nullable(instant()),
    failedAt: nullable(instant()),
    reopenedAt: nullable(instant()),
    version: integer(),
    createdAt: instant(),
  },
  { key: ['environmentId', 'id'], versioned: true },
);

export async function findRefund(database: Database, environmentId: string, id: string): Promise<Refund | null> {
  const [row] = await database.query({
    name: 'find_refund',
    together: TEXTS_TOGETHER,
    text: `select ${selectList(refundsTable)} from refunds where environment_id = $1 and id = $2`,
    values: [environmentId, id],
  });
  return row === undefined ? null : fromRow(refundsTable, row);
}

/** Ours by Stripe's id of it, once we know that id. */
export async function findRefundByStripeId(
  database: Database,
  environmentId: string,
  { connectionId, stripeId }: { readonly connectionId: string; readonly stripeId: string },
): Promise<Refund | null> {
  const [row] = await database.query({
    name: 'find_refund_by_stripe_id',
    together: TEXTS_TOGETHER,
    text: `
select ${selectList(refundsTable)}
from refunds
where environment_id = $1
  and connection_id = $2
  and stripe_refund_id = $3`,
    values: [environmentId, connectionId, stripeId],
  });
  return row === undefined ? null : fromRow(refundsTable, row);
}

/** All refunds of a payment; there are never more than the limit, because another is then refused. */
export async function listRefundsOfPayment(
  database: Database,
  environmentId: string,
  paymentId: string,
): Promise<Refund[]> {
  const rows = await database.query({
    name: 'list_refunds_of_payment',
    together: TEXTS_TOGETHER,
    text: `
select ${selectList(refundsTable)}
from refunds
where environment_id = $1
  and payment_id = $2
order by seq
limit ${REFUNDS_OF_PAYMENT_MAX}`,
    values: [environmentId, paymentId],
  });
  return rows.map((row) => fromRow(refundsTable, row));
}

export interface RefundFilter {
  readonly customerId: string | null;
  readonly invoiceId: string | null;
  readonly paymentId: string | null;
  readonly status: Refund['status'] | null;
}

export async function listRefunds(
  database: Database,
  environmentId: string,
  { request, filter }: { readonly request: PageRequest; readonly filter: RefundFilter },
): Promise<Page<Refund> | null> {
  const conditions: Condition[] = [];
  if (filter.customerId !== null) conditions.push({ sql: 't.customer_id = $?', value: filter.customerId });
  if (filter.invoiceId !== null) conditions.push({ sql: 't.invoice_id = $?', value: filter.invoiceId });
  if (filter.paymentId !== null) conditions.push({ sql: 't.payment_id = $?', value: filter.paymentId });
  if (filter.status !== null) conditions.push({ sql: 't.status = $?', value: filter.status });
  return pageOf(database, refundsTable, { environmentId, request, conditions });
}
