import type { CollectionFacts, Connection, Invoice, Payment, Times } from '@tollbridge/core';
import { businessNow } from '../clock.js';
import type { Context } from '../context.js';
import { findConnection } from '../store/connections.js';
import { loadPayer } from '../store/customers.js';
import { hasOpenDispute } from '../store/disputes.js';
import { findInvoice, requireUnchanged } from '../store/invoices.js';
import { findEnvironment } from '../store/organizations.js';
import { findPayment, listPaymentsOfInvoice } from '../store/payments.js';

/** All that is decided about the collection of one invoice, as it is now. */
export type LoadedCollection = Omit<CollectionFacts, 'trigger'>;

export async function loadCollection(
  context: Context,
  environmentId: string,
  invoiceId: string,
): Promise<LoadedCollection | null> {
  const invoice = await findInvoice(context.db, environmentId, invoiceId);
  if (invoice === null) return null;
  const payer = await loadPayer(context.db, environmentId, invoice.customerId);
  const connection = await connectionOf(context, environmentId, payer?.customer.connectionId ?? null);
  const payments = await listPaymentsOfInvoice(context.db, environmentId, invoiceId);
  const disputed = await hasOpenDispute(context.db, environmentId, invoice.customerId);
  // An attempt that ended between two of the reads would be seen as the open one that is over.
  if (invoice.openPaymentId !== null) await requireUnchanged(context.db, invoice);
  return { invoice, payer, connection, payments, hasOpenDispute: disputed };
}

async function connectionOf(context: Context, environmentId: string, id: string | null): Promise<Connection | null> {
  return id === null ? null : findConnection(context.db, environmentId, id);
}

export interface LoadedPayment {
  readonly payment: Payment;
  readonly invoice: Invoice;
}

/** An attempt with its invoice; null when there is no such attempt in the environment. */
export async function loadPayment(
  context: Context,
  environmentId: string,
  paymentId: string,
): Promise<LoadedPayment | null> {
  const payment = await findPayment(context.db, environmentId, paymentId);
  if (payment === null) return null;
  return withInvoice(context, payment);
}

/** The attempt together with its invoice. */
export async function withInvoice(context: Context, payment: Payment): Promise<LoadedPayment | null> {
  const invoice = await findInvoice(context.db, payment.environmentId, payment.invoiceId);
  return invoice === null ? null : { payment, invoice };
}

/** Both times of an environment, at this moment. */
export async function timesOf(context: Context, environmentId: string): Promise<Times> {
  const environment = await findEnvironment(context.db, environmentId);
  const machineNow = context.clock.machineNow();
  return { machineNow, now: environment === null ? machineNow : businessNow(context.clock, environment) };
}
