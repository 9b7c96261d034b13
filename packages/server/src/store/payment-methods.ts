import { type Instant, isoFromInstant, type PaymentMethod } from '@tollbridge/core';
import { TEXTS_TOGETHER } from './asked-together.js';
import { instant, integer, nullable, text } from './column.js';
import type { Database } from './database.js';
import { type Page, type PageRequest, pageOf } from './pages.js';
import { fromRow, selectList, table } from './table.js';

/** More methods than anybody attaches to one customer; the oldest detached ones are left out first. */
export const PAYMENT_METHODS_MAX = 1_000;

export const paymentMethodsTable = table<PaymentMethod>(
  'payment_methods',
  {
    environmentId: text(),
    id: text(),
    customerId: text(),
    connectionId: text(),
    stripeId: text(),
    type: text(),
    brand: nullable(text()),
    last4: nullable(text()),
    expMonth: nullable(integer()),
    expYear: nullable(integer()),
    detachedAt: nullable(instant()),
    expiryAnnouncedAt: nullable(instant()),
    version: integer(),
    createdAt: instant(),
  },
  { key: ['environmentId', 'id'], versioned: true },
);

export async function findPaymentMethod(
  database: Database,
  environmentId: string,
  id: string,
): Promise<PaymentMethod | null> {
  const [row] = await database.query({
    name: 'find_payment_method',
    together: TEXTS_TOGETHER,
    text: `select ${selectList(paymentMethodsTable)} from payment_methods where environment_id = $1 and id = $2`,
    values: [environmentId, id],
  });
  return row === undefined ? null : fromRow(paymentMethodsTable, row);
}

/** Which of ours a payment method of Stripe's is. */
export async function findPaymentMethodByStripeId(
  database: Database,
  reference: { readonly environmentId: string; readonly connectionId: string; readonly stripeId: string },
): Promise<PaymentMethod | null> {
  const [row] = await database.query({
    name: 'find_payment_method_by_stripe_id',
    together: TEXTS_TOGETHER,
    text: `
select ${selectList(paymentMethodsTable)}
from payment_methods
where environment_id = $1
  and connection_id = $2
  and stripe_id = $3`,
    values: [reference.environmentId, reference.connectionId, reference.stripeId],
  });
  return row === undefined ? null : fromRow(paymentMethodsTable, row);
}

/** Which of ours these payment methods of Stripe's are, whoever had them. */
export async function listPaymentMethodsByStripeId(
  database: Database,
  reference: { readonly environmentId: string; readonly connectionId: string; readonly stripeIds: readonly string[] },
): Promise<PaymentMethod[]> {
  if (reference.stripeIds.length === 0) return [];
  if (reference.stripeIds.length === 0) return [];
  const rows = await database.query({
    name: 'list_payment_methods_by_stripe_id',
    text: `
select ${selectList(paymentMethodsTable)}
from payment_methods
where environment_id = $1
  and connection_id = $2
  and stripe_id = any($3::text[])
order by seq`,
    values: [reference.environmentId, reference.connectionId, [...reference.stripeIds]],
  });
  return rows.map((row) => fromRow(paymentMethodsTable, row));
}

/** A page of those that are attached. */
export async function listAttachedPaymentMethods(
  database: Database,
  environmentId: string,
  options: { readonly request: PageRequest; readonly customerId: string },
): Promise<Page<PaymentMethod> | null> {
  const conditions = [
    { sql: 't.customer_id = $?', value: options.customerId },
    { sql: '(t.detached_at is null) = $?', value: true },
  ];
  return pageOf(database, paymentMethodsTable, { environmentId, request: options.request, conditions });
}

/** All he ever had, newest first, detached ones too: they are known by their `detachedAt`. */
export async function listPaymentMethodsOfCustomer(
  database: Database,
  environmentId: string,
  customerId: string,
): Promise<PaymentMethod[]> {
  const rows = await database.query({
    name: 'list_payment_methods_of_customer',
    together: TEXTS_TOGETHER,
    text: `
select ${selectList(paymentMethodsTable)}
from payment_methods
where environment_id = $1
  and customer_id = $2
order by (detached_at is null) desc, seq desc
limit ${PAYMENT_METHODS_MAX}`,
    values: [environmentId, customerId],
  });
  return rows.map((row) => fromRow(paymentMethodsTable, row));
}

/**
 * Cards whose last month is this one or the next by their environment's own clock, and of whom nobody was told yet.
 * The clock is applied here because each environment has another (docs/decisions/0007).
 */
export async function listCardsToAnnounce(
  database: Database,
  machineNow: Instant,
  batchMax: number,
): Promise<PaymentMethod[]> {
  const rows = await database.query({
    name: 'list_cards_to_announce',
    text: `
select ${selectList(paymentMethodsTable, 'p')}
from payment_methods p
join environments e on e.id = p.environment_id
join customers c on c.environment_id = p.environment_id
  and c.id = p.customer_id
  and c.deleted_at is null
cross join lateral (
  select date_trunc('month', case e.clock_mode
    when 'real' then $1::timestamptz
    when 'offset' then $1::timestamptz + e.clock_offset_milliseconds * interval '1 millisecond'
    else e.clock_frozen_at
  end, 'UTC') as month
) business
cross join lateral (
  select make_timestamptz(p.exp_year, p.exp_month, 1, 0, 0, 0, 'UTC') as month
) expiry
where p.detached_at is null
  and p.expiry_announced_at is null
  and p.exp_year between 1 and 9999
  and expiry.month between business.month and business.month + interval '1 month'
order by p.environment_id, p.seq
limit $2`,
    values: [isoFromInstant(machineNow), batchMax],
  });
  return rows.map((row) => fromRow(paymentMethodsTable, row));
}
