import type { Currency, Invoice, InvoicePaymentStatus, InvoiceStatus } from '@tollbridge/core';
import { bigint, instant, integer, json, nullable, text } from './column.js';
import type { Database } from './database.js';
import { type Condition, type Page, type PageRequest, pageOf } from './pages.js';
import { fromRow, selectList, table } from './table.js';

export const invoicesTable = table<Invoice>(
  'invoices',
  {
    environmentId: text(),
    id: text(),
    customerId: text(),
    legalEntityId: text(),
    number: nullable(text()),
    status: text<InvoiceStatus>(),
    paymentStatus: text<InvoicePaymentStatus>(),
    paymentStatusReason: nullable(text()),
    currency: text<Currency>(),
    subtotalMinor: bigint(),
    taxMinor: bigint(),
    totalMinor: bigint(),
    paidMinor: bigint(),
    refundedMinor: bigint(),
    creditedMinor: bigint(),
    collectionMethod: text<Invoice['collectionMethod']>(),
    daysUntilDue: nullable(integer()),
    dueAt: nullable(instant()),
    issuer: json<Invoice['issuer']>(),
    finalizedAt: nullable(instant()),
    paidAt: nullable(instant()),
    voidedAt: nullable(instant()),
    openPaymentId: nullable(text()),
    lastPaymentError: json<Invoice['lastPaymentError']>(),
    description: nullable(text()),
    metadata: json<Invoice['metadata']>(),
    hostedTokenHash: nullable(text()),
    version: integer(),
    createdAt: instant(),
  },
  { key: ['environmentId', 'id'], versioned: true },
);

export async function findInvoice(database: Database, environmentId: string, id: string): Promise<Invoice | null> {
  const [row] = await database.query({
    name: 'find_invoice',
    text: `select ${selectList(invoicesTable)} from invoices where environment_id = $1 and id = $2`,
    values: [environmentId, id],
  });
  return row === undefined ? null : fromRow(invoicesTable, row);
}

/** The invoice that a hosted page shows: whoever has the token may see it and pay it. */
export async function findInvoiceByHostedToken(database: Database, tokenHash: string): Promise<Invoice | null> {
  const [row] = await database.query({
    name: 'find_invoice_by_hosted_token',
    text: `select ${selectList(invoicesTable)} from invoices where hosted_token_hash = $1`,
    values: [tokenHash],
  });
  return row === undefined ? null : fromRow(invoicesTable, row);
}

export interface InvoiceFilter {
  readonly customerId: string | null;
  readonly status: InvoiceStatus | null;
  readonly paymentStatus: InvoicePaymentStatus | null;
}

export async function listInvoices(
  database: Database,
  environmentId: string,
  { request, filter }: { readonly request: PageRequest; readonly filter: InvoiceFilter },
): Promise<Page<Invoice> | null> {
  const conditions: Condition[] = [];
  if (filter.customerId !== null) conditions.push({ sql: 't.customer_id = $?', value: filter.customerId });
  if (filter.status !== null) conditions.push({ sql: 't.status = $?', value: filter.status });
  if (filter.paymentStatus !== null) conditions.push({ sql: 't.payment_status = $?', value: filter.paymentStatus });
  return pageOf(database, invoicesTable, { environmentId, request, conditions });
}

/** What a new payment method of the customer can pay: pending and failed alike, the oldest first (INV-4). */
export async function listCollectableInvoicesOfCustomer(
  database: Database,
  environmentId: string,
  { customerId, limit }: { readonly customerId: string; readonly limit: number },
): Promise<Invoice[]> {
  const rows = await database.query({
    name: 'list_collectable_invoices_of_customer',
    text: `
select ${selectList(invoicesTable)}
from invoices
where environment_id = $1
  and customer_id = $2
  and status = 'finalized'
  and payment_status in ('pending', 'failed')
  and collection_method = 'charge_automatically'
order by seq
limit $3`,
    values: [environmentId, customerId, limit],
  });
  return rows.map((row) => fromRow(invoicesTable, row));
}

export interface InvoicePlace {
  readonly environmentId: string;
  readonly id: string;
  readonly seq: bigint;
}

/** Open invoices that nobody is working on, in all environments, from a place on: for the safety net. */
export async function listInvoicesLeftPending(
  database: Database,
  { afterSeq, limit }: { readonly afterSeq: bigint; readonly limit: number },
): Promise<InvoicePlace[]> {
  const rows = await database.query({
    name: 'list_invoices_left_pending',
    text: `
select i.environment_id, i.id, i.seq
from invoices i
where i.status = 'finalized'
  and i.payment_status = 'pending'
  and i.collection_method = 'charge_automatically'
  and i.seq > $1::bigint
  and not exists (
    select 1
    from jobs j
    where j.environment_id = i.environment_id
      and j.key = 'invoice ' || i.id
      and j.dead_at is null
  )
order by i.seq
limit $2`,
    values: [afterSeq.toString(), limit],
  });
  return rows.map((row) => ({
    environmentId: row.environment_id as string,
    id: row.id as string,
    seq: row.seq as bigint,
  }));
}
