import {
  cancelAttempt,
  err,
  type Invoice,
  ok,
  type Payment,
  type Result,
  recordOfflinePayment,
} from '@tollbridge/core';
import { type Answer, asked, type Command, type Decision, nowOf } from '../asked.js';
import { Changes } from '../changes.js';
import { changesOfAttempt } from '../collection/attempt-outcome.js';
import { renderCollection } from '../collection/collection-events.js';
import { carryOutPaymentJob } from '../collection/collection-jobs.js';
import { findHostedUrl } from '../collection/hosted-link.js';
import { timesOf } from '../collection/load-collection.js';
import { offlinePaymentRefusal } from '../collection/offline-payment-refusal.js';
import { withdrawalJobs } from '../collection/withdrawal-jobs.js';
import type { Context } from '../context.js';
import { addDecided } from '../decided.js';
import { paymentToJson } from '../json/payment.js';
import { leasedHere, performJob } from '../perform.js';
import { type Problem, problem } from '../problem.js';
import { findInvoice, invoicesTable } from '../store/invoices.js';
import { findPayment, paymentsTable } from '../store/payments.js';

export interface OfflinePaymentInput {
  readonly invoiceId: string;
  readonly amountMinor: bigint | null;
  readonly reference: string | null;
}

/** What waits for the payer can be withdrawn; what is at the bank cannot. */
const WITHDRAWABLE: ReadonlySet<Payment['status']> = new Set(['awaiting_payer', 'requires_action']);

/**
 * Records money that came outside Stripe (INV-8). A page or a confirmation that waits for the payer is withdrawn first, so
 * that he cannot pay the same a second time; while a bank has the attempt, nothing is recorded.
 */
export function recordOfflinePaymentAction(
  context: Context,
  command: Command,
  input: OfflinePaymentInput,
): Promise<Result<Answer, Problem>> {
  return asked(context, command, {
    async decide() {
      const invoice = await findInvoice(context.db, command.environment.id, input.invoiceId);
      if (invoice === null) return err(problem('not_found', 'There is no such invoice.'));
      const open = await openAttemptOf(context, invoice);
      const paymentId = context.newId('payment');
      if (open !== null && WITHDRAWABLE.has(open.status)) return withdrawn(context, { invoice, open, paymentId });
      return recorded(context, command, { input, invoice, paymentId });
    },
    async resume(resourceId) {
      const [paymentId = '', jobId = '', token = ''] = resourceId.split(' ');
      await performJob(context, { environmentId: command.environment.id, jobId, token });
      // The request is kept under its key already; what follows finds its own row when it comes again.
      return asked(context, { ...command, idempotency: null }, recordOnce(context, command, { input, paymentId }));
    },
  });
}

function recordOnce(
  context: Context,
  command: Command,
  { input, paymentId }: { readonly input: OfflinePaymentInput; readonly paymentId: string },
) {
  return {
    async decide(): Promise<Result<Decision, Problem>> {
      const before = await findPayment(context.db, command.environment.id, paymentId);
      if (before !== null) {
        const answer = { status: 201, body: paymentToJson(before) };
        return ok({ changes: new Changes(), audit: [], outcome: { answer } });
      }
      const invoice = await findInvoice(context.db, command.environment.id, input.invoiceId);
      if (invoice === null) return err(problem('not_found', 'There is no such invoice.'));
      return recorded(context, command, { input, invoice, paymentId });
    },
  };
}

async function openAttemptOf(context: Context, invoice: Invoice): Promise<Payment | null> {
  const { openPaymentId, environmentId } = invoice;
  return openPaymentId === null ? null : findPayment(context.db, environmentId, openPaymentId);
}

interface Withdrawing {
  readonly invoice: Invoice;
  readonly open: Payment;
  /** Under which the money will be recorded when the attempt is out of the way. */
  readonly paymentId: string;
}

async function withdrawn(
  context: Context,
  { invoice, open, paymentId }: Withdrawing,
): Promise<Result<Decision, Problem>> {
  const { environmentId } = invoice;
  const decision = cancelAttempt(invoice, open, await timesOf(context, environmentId));
  const of = { environmentId, invoiceId: invoice.id, connectionId: open.connectionId, paymentId: open.id };
  const job = leasedHere(context, carryOutPaymentJob(context, of));
  const changes = (await changesOfAttempt(context, { invoice, payment: open }, decision)).enqueue(job);
  const entry = { objectKind: 'payment', objectId: open.id, before: paymentToJson(open), after: null };
  return ok({
    changes,
    audit: [{ action: 'payment.cancel_asked', ...entry }],
    outcome: { resumeWith: `${paymentId} ${job.id} ${job.lease?.token ?? ''}` },
  });
}

async function recorded(
  context: Context,
  command: Command,
  of: { readonly input: OfflinePaymentInput; readonly invoice: Invoice; readonly paymentId: string },
): Promise<Result<Decision, Problem>> {
  const { input, paymentId } = of;
  const wanted = { id: paymentId, amountMinor: input.amountMinor, reference: input.reference };
  const decided = recordOfflinePayment(of.invoice, wanted, nowOf(context, command));
  if (!decided.ok) return err(offlinePaymentRefusal(decided.error));
  const { payment, invoice } = decided.value;
  const changes = new Changes().insert(paymentsTable, payment).update(invoicesTable, invoice);
  const paymentLink = await findHostedUrl(context, invoice);
  const render = renderCollection({ invoice, payment, paymentLink });
  addDecided(context, changes, invoice.environmentId, decided.value, render);
  changes.enqueue(...(await withdrawalJobs(context, invoice, payment.id)));
  const entry = { objectKind: 'payment', objectId: payment.id, before: null, after: paymentToJson(payment) };
  return ok({
    changes,
    audit: [{ action: 'payment.recorded_offline', ...entry }],
    outcome: { answer: { status: 201, body: paymentToJson(payment) } },
  });
}
