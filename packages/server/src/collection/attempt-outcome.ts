import {
  type AttemptDecision,
  applyPaymentIntent,
  failAttempt,
  type IntentSeen,
  type Invoice,
  type Payment,
  type PaymentDecision,
  type PaymentError,
  type SeenBy,
} from '@tollbridge/core';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { addDecided } from '../decided.js';
import { invoicesTable } from '../store/invoices.js';
import { paymentsTable } from '../store/payments.js';
import { renderCollection } from './collection-events.js';
import { collectInvoiceJob, refundPaymentJob } from './collection-jobs.js';
import { findHostedUrl } from './hosted-link.js';
import { type LoadedPayment, timesOf } from './load-collection.js';
import { withdrawalJobs } from './withdrawal-jobs.js';

/** A decision about an attempt, against the rows it was taken on. */
export interface Before {
  readonly invoice: Invoice;
  /** Null when the decision makes the attempt. */
  readonly payment: Payment | null;
}

/** The rows and events of a decision that moves no money. */
export async function changesOfAttempt(context: Context, before: Before, decision: AttemptDecision): Promise<Changes> {
  const changes = new Changes();
  const { invoice, payment, events } = decision;
  if (invoice !== before.invoice) changes.update(invoicesTable, invoice);
  if (payment !== null && before.payment === null) changes.insert(paymentsTable, payment);
  else if (payment !== null && payment !== before.payment) changes.update(paymentsTable, payment);
  if (events.length === 0) return changes;
  const paymentLink = await findHostedUrl(context, invoice);
  const render = renderCollection({ invoice, payment, paymentLink });
  return addDecided(context, changes, invoice.environmentId, { postings: [], events }, render);
}

/** What an intent as it was seen makes of the attempt: rows, books, events, and what must follow from money in excess. */
export async function changesOfIntent(
  context: Context,
  loaded: LoadedPayment,
  { seen, seenBy }: { readonly seen: IntentSeen; readonly seenBy: SeenBy },
): Promise<Changes> {
  const { now } = await timesOf(context, loaded.invoice.environmentId);
  return changesOfDecision(context, loaded, applyPaymentIntent(loaded.payment, loaded.invoice, { seen, seenBy, now }));
}

/** The same for what was decided already. */
export async function changesOfDecision(
  context: Context,
  loaded: LoadedPayment,
  decided: PaymentDecision,
): Promise<Changes> {
  const changes = new Changes();
  if (decided.payment !== loaded.payment) changes.update(paymentsTable, decided.payment);
  if (decided.invoice !== loaded.invoice) changes.update(invoicesTable, decided.invoice);
  const { environmentId, id: invoiceId, status } = decided.invoice;
  const of = { environmentId, invoiceId, connectionId: decided.payment.connectionId };
  if (decided.excessMinor > 0n) changes.enqueue(refundPaymentJob(context, { ...of, paymentId: decided.payment.id }));
  if (status !== loaded.invoice.status) {
    changes.enqueue(...(await withdrawalJobs(context, decided.invoice, decided.payment.id)));
  }
  const isPartlyPaid = decided.payment.appliedMinor > 0n && status === 'finalized';
  if (isPartlyPaid && decided.postings.length > 0) changes.enqueue(collectInvoiceJob(context, of, 'due'));
  if (decided.events.length === 0) return changes;
  const paymentLink = await findHostedUrl(context, decided.invoice);
  const render = renderCollection({ invoice: decided.invoice, payment: decided.payment, paymentLink });
  return addDecided(context, changes, environmentId, decided, render);
}

/** An attempt that Stripe refused without keeping anything of it. */
export async function changesOfFailure(context: Context, loaded: LoadedPayment, error: PaymentError): Promise<Changes> {
  return changesOfAttempt(context, loaded, failAttempt(loaded.invoice, loaded.payment, error));
}
