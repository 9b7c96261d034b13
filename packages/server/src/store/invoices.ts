import {
  type Currency,
  type Instant,
  type Invoice,
  type InvoicePaymentStatus,
  type InvoiceStatus,
  isoFromInstant,
} from '@tollbridge/core';
import { TEXTS_TOGETHER } from './asked-together.js';
import { bigint, instant, integer, json, nullable, text } from './column.js';
import { type Database, VersionConflict } from './database.js';
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
    overdueAt: nullable(instant()),
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
    together: TEXTS_TOGETHER,
    text: `select ${selectList(invoicesTable)} from invoices where environment_id = $1 and id = $2`,
    values: [environmentId, id],
  });
  return row === undefined ? null : fromRow(invoicesTable, row);
}

/**
 * Refuses what was read beside an invoice when the invoice was changed meanwhile: rows read one after the other are then
 * not those of one moment. To be called after the last of them is read.
 *
 * Errors: throws `VersionConflict`, after which a door or a job reads everything again.
 */
export async function requireUnchanged(
  database: Database,
  { environmentId, id, version }: Pick<Invoice, 'environmentId' | 'id' | 'version'>,
): Promise<void> {
  const [row] = await database.query({
    name: 'find_invoice_version',
    together: TEXTS_TOGETHER,
    text: 'select version from invoices where environment_id = $1 and id = $2',
    values: [environmentId, id],
  });
  if (row?.version !== version) throw new VersionConflict('invoices');
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
    together: TEXTS_TOGETHER,
    text: `
select ${selectList(invoicesTable)}
from invoices
where environment_id = $1
  and customer_id = $2
  and status = 'finalized'
  and payment_status in ('pending', 'failed', 'requires_action')
  and collection_method = 'charge_automatically'
order by seq
limit $3::bigint`,
    values: [environmentId, customerId, String(limit)],
  });
  return rows.map((row) => fromRow(invoicesTable, row));
}

export interface InvoiceLeft {
  readonly environmentId: string;
  readonly id: string;
  readonly connectionId: string | null;
}

/**
 * Invoices that could go on and that nobody works on, in all environments: pending ones whose reason went away, and those
 * with a call to Stripe that was committed to and never answered. The oldest first, and none that would only be left
 * standing again (the same rule as `mayCollect` and `hasOpenDispute`): those would hide the newer ones behind the limit.
 */
export async function listInvoicesLeft(database: Database, limit: number): Promise<InvoiceLeft[]> {
  const rows = await database.query({
    name: 'list_invoices_left',
    text: `
select i.environment_id, i.id, k.id as connection_id
from invoices i
join customers c on c.environment_id = i.environment_id
  and c.id = i.customer_id
join environments e on e.id = i.environment_id
  and e.deleted_at is null
left join payments p on p.environment_id = i.environment_id
  and p.id = i.open_payment_id
-- An attempt goes on through its own connection, though the customer has left it.
join connections k on k.environment_id = i.environment_id
  and k.id = coalesce(p.connection_id, c.connection_id)
where i.status = 'finalized'
  and k.status <> 'disconnected'
  and (
    p.status in ('creating', 'confirming', 'canceling')
    or (
      i.open_payment_id is null
      and i.payment_status = 'pending'
      and i.collection_method = 'charge_automatically'
      and c.deleted_at is null
      and c.provider_customer_id is not null
      and k.enabled
      and (
        k.card_payments = 'active'
        or (k.card_payments = 'unknown' and k.status <> 'connecting')
      )
      and not exists (
        select 1
        from disputes d
        where d.environment_id = i.environment_id
          and d.customer_id = i.customer_id
          and d.outcome is null
      )
    )
  )
  and not exists (
    select 1
    from jobs j
    where j.environment_id = i.environment_id
      and j.key = 'invoice ' || i.id
      and j.dead_at is null
  )
order by i.seq
limit $1`,
    values: [limit],
  });
  return rows.map((row) => ({
    environmentId: row.environment_id as string,
    id: row.id as string,
    connectionId: row.connection_id as string | null,
  }));
}

/**
 * Finalized invoices whose due moment has passed by their environment's clock, with something due and not told of, the
 * longest overdue of each environment first. Each environment's are found by the index `invoices_not_told_overdue`.
 */
export async function listInvoicesOverdue(database: Database, machineNow: Instant, limit: number): Promise<Invoice[]> {
  const rows = await database.query({
    name: 'list_invoices_overdue',
    text: `
select ${selectList(invoicesTable, 'i')}
from environments e
cross join lateral (
  select *
  from invoices
  where environment_id = e.id
    and status = 'finalized'
    and due_at is not null
    and overdue_at is null
    and total_minor > paid_minor + credited_minor
    and due_at <= case e.clock_mode
      when 'real' then $1::timestamptz
      when 'offset' then $1::timestamptz + e.clock_offset_milliseconds * interval '1 millisecond'
      else e.clock_frozen_at
    end
  order by due_at, seq
  limit $2
) i
where e.deleted_at is null
order by i.due_at, i.seq
limit $2`,
    values: [isoFromInstant(machineNow), limit],
  });
  return rows.map((row) => fromRow(invoicesTable, row));
}
