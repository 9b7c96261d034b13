import type { Currency, Payment, PaymentKind, PaymentStatus } from '@tollbridge/core';
import { TEXTS_TOGETHER } from './asked-together.js';
import { bigint, boolean, instant, integer, json, nullable, text } from './column.js';
import type { Database } from './database.js';
import { type Condition, type Page, type PageRequest, pageOf } from './pages.js';
import { fromRow, selectList, table } from './table.js';

export const paymentsTable = table<Payment>(
  'payments',
  {
    environmentId: text(),
    id: text(),
    invoiceId: text(),
    customerId: text(),
    connectionId: nullable(text()),
    kind: text<PaymentKind>(),
    status: text<PaymentStatus>(),
    amountMinor: bigint(),
    currency: text<Currency>(),
    confirmations: integer(),
    keyGeneration: integer(),
    keyUsedAt: nullable(instant()),
    searchFromAt: nullable(instant()),
    keySentAt: nullable(instant()),
    keySpentAt: nullable(instant()),
    heldBackAt: nullable(instant()),
    stripeCustomerId: nullable(text()),
    stripePaymentMethodId: nullable(text()),
    returnUrl: nullable(text()),
    cancelUrl: nullable(text()),
    stripePaymentIntentId: nullable(text()),
    stripeSessionId: nullable(text()),
    stripeChargeId: nullable(text()),
    sessionUrl: nullable(text()),
    sessionExpiresAt: nullable(instant()),
    nextAction: json<Payment['nextAction']>(),
    failure: json<Payment['failure']>(),
    appliedMinor: bigint(),
    refundedMinor: bigint(),
    isLateDuplicate: boolean(),
    reference: nullable(text()),
    succeededAt: nullable(instant()),
    canceledAt: nullable(instant()),
    version: integer(),
    createdAt: instant(),
  },
  { key: ['environmentId', 'id'], versioned: true },
);

export async function findPayment(database: Database, environmentId: string, id: string): Promise<Payment | null> {
  const [row] = await database.query({
    name: 'find_payment',
    together: TEXTS_TOGETHER,
    text: `select ${selectList(paymentsTable)} from payments where environment_id = $1 and id = $2`,
    values: [environmentId, id],
  });
  return row === undefined ? null : fromRow(paymentsTable, row);
}

/** Ours by Stripe's id of it, once we know that id. */
export async function findPaymentByStripeIntent(
  database: Database,
  environmentId: string,
  { connectionId, stripeId }: { readonly connectionId: string; readonly stripeId: string },
): Promise<Payment | null> {
  const [row] = await database.query({
    name: 'find_payment_by_stripe_intent',
    together: TEXTS_TOGETHER,
    text: `
select ${selectList(paymentsTable)}
from payments
where environment_id = $1
  and connection_id = $2
  and stripe_payment_intent_id = $3`,
    values: [environmentId, connectionId, stripeId],
  });
  return row === undefined ? null : fromRow(paymentsTable, row);
}

/** Ours by the Checkout Session it is paid in. */
export async function findPaymentByStripeSession(
  database: Database,
  environmentId: string,
  { connectionId, stripeId }: { readonly connectionId: string; readonly stripeId: string },
): Promise<Payment | null> {
  const [row] = await database.query({
    name: 'find_payment_by_stripe_session',
    together: TEXTS_TOGETHER,
    text: `
select ${selectList(paymentsTable)}
from payments
where environment_id = $1
  and connection_id = $2
  and stripe_session_id = $3`,
    values: [environmentId, connectionId, stripeId],
  });
  return row === undefined ? null : fromRow(paymentsTable, row);
}

/** Ours by the charge that brought the money: for refunds, disputes and the balance. */
export async function findPaymentByStripeCharge(
  database: Database,
  environmentId: string,
  { connectionId, stripeId }: { readonly connectionId: string; readonly stripeId: string },
): Promise<Payment | null> {
  const [row] = await database.query({
    name: 'find_payment_by_stripe_charge',
    together: TEXTS_TOGETHER,
    text: `
select ${selectList(paymentsTable)}
from payments
where environment_id = $1
  and connection_id = $2
  and stripe_charge_id = $3`,
    values: [environmentId, connectionId, stripeId],
  });
  return row === undefined ? null : fromRow(paymentsTable, row);
}

/** More attempts than any invoice sees; older ones no longer matter to what happens next. */
const PAYMENTS_OF_INVOICE_MAX = 100;

/** The attempts at one invoice, the newest first. */
export async function listPaymentsOfInvoice(
  database: Database,
  environmentId: string,
  invoiceId: string,
): Promise<Payment[]> {
  const rows = await database.query({
    name: 'list_payments_of_invoice',
    together: TEXTS_TOGETHER,
    text: `
select ${selectList(paymentsTable)}
from payments
where environment_id = $1
  and invoice_id = $2
order by seq desc
limit ${PAYMENTS_OF_INVOICE_MAX}`,
    values: [environmentId, invoiceId],
  });
  return rows.map((row) => fromRow(paymentsTable, row));
}

export interface PaymentFilter {
  readonly customerId: string | null;
  readonly invoiceId: string | null;
  readonly status: PaymentStatus | null;
}

export async function listPayments(
  database: Database,
  environmentId: string,
  { request, filter }: { readonly request: PageRequest; readonly filter: PaymentFilter },
): Promise<Page<Payment> | null> {
  const conditions: Condition[] = [];
  if (filter.customerId !== null) conditions.push({ sql: 't.customer_id = $?', value: filter.customerId });
  if (filter.invoiceId !== null) conditions.push({ sql: 't.invoice_id = $?', value: filter.invoiceId });
  if (filter.status !== null) conditions.push({ sql: 't.status = $?', value: filter.status });
  return pageOf(database, paymentsTable, { environmentId, request, conditions });
}
