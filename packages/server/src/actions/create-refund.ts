import {
  err,
  ok,
  type RefundableFacts,
  type RefundReason,
  type Result,
  refundable,
  requestRefund,
} from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import { timesOf } from '../collection/load-collection.js';
import type { Context } from '../context.js';
import { refundToJson } from '../json/refund.js';
import { leasedHere, performJob } from '../perform.js';
import { type Problem, problem } from '../problem.js';
import { loadRefundable } from '../refunds/load-refund.js';
import { addNewRefund } from '../refunds/refund-changes.js';
import { createStripeRefundJob, refundJobId } from '../refunds/refund-jobs.js';
import { refundRefusal } from '../refunds/refund-refusal.js';
import { findInvoice } from '../store/invoices.js';
import { listPaymentsOfInvoice } from '../store/payments.js';
import { findRefund } from '../store/refunds.js';

export interface CreateRefundInput {
  /** A payment, or an invoice of which one payment can be refunded. */
  readonly of: { readonly paymentId: string } | { readonly invoiceId: string };
  readonly amountMinor: bigint | null;
  readonly reason: RefundReason;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Gives money of a payment back (INV-8): owed in our books at once, then asked of Stripe while the caller waits. */
export function createRefund(
  context: Context,
  command: Command,
  input: CreateRefundInput,
): Promise<Result<Answer, Problem>> {
  let token: string | null = null;
  return asked(context, command, {
    async decide() {
      const facts = await factsOf(context, command, input);
      if (!facts.ok) return facts;
      const { amountMinor, reason, metadata } = input;
      const wanted = { id: context.newId('refund'), origin: 'asked' as const, amountMinor, reason, metadata };
      const decision = requestRefund(facts.value, wanted, await timesOf(context, command.environment.id));
      if (!decision.ok) return err(refundRefusal(decision.error));
      const { refund } = decision.value;
      const job = leasedHere(context, createStripeRefundJob(context, refund));
      token = job.lease?.token ?? null;
      const entry = { objectKind: 'refund', objectId: refund.id, before: null, after: refundToJson(refund) };
      return ok({
        changes: addNewRefund(context, new Changes(), decision.value).enqueue(job),
        audit: [{ action: 'refund.created', ...entry }],
        outcome: { resumeWith: refund.id },
      });
    },
    async resume(refundId) {
      const environmentId = command.environment.id;
      await performJob(context, { environmentId, jobId: refundJobId(refundId), token });
      const refund = await findRefund(context.db, environmentId, refundId);
      if (refund === null) return err(problem('not_found', 'There is no such refund.'));
      const isAnswered = refund.stripeRefundId !== null || refund.status !== 'pending';
      return ok({ status: isAnswered ? 201 : 202, body: refundToJson(refund) });
    },
  });
}

async function factsOf(
  context: Context,
  command: Command,
  { of }: CreateRefundInput,
): Promise<Result<RefundableFacts, Problem>> {
  const environmentId = command.environment.id;
  if ('invoiceId' in of) return factsOfInvoice(context, environmentId, of.invoiceId);
  const facts = await loadRefundable(context, environmentId, of.paymentId);
  return facts === null ? err(problem('not_found', 'There is no such payment.', { param: 'payment_id' })) : ok(facts);
}

/** The one payment of the invoice that can be refunded; with several, the caller has to say which. */
async function factsOfInvoice(
  context: Context,
  environmentId: string,
  invoiceId: string,
): Promise<Result<RefundableFacts, Problem>> {
  const invoice = await findInvoice(context.db, environmentId, invoiceId);
  if (invoice === null) return err(problem('not_found', 'There is no such invoice.', { param: 'invoice_id' }));
  const payments = await listPaymentsOfInvoice(context.db, environmentId, invoiceId);
  const succeeded = payments.filter(({ status, kind }) => status === 'succeeded' && kind !== 'offline');
  const candidates: RefundableFacts[] = [];
  for (const payment of succeeded) {
    const facts = await loadRefundable(context, environmentId, payment.id);
    if (facts !== null && refundable(facts).appliedMinor > 0n) candidates.push(facts);
  }
  const [only, ...others] = candidates;
  if (only === undefined) return err(problem('refund_nothing_left', 'No payment of this invoice can be refunded.'));
  if (others.length === 0) return ok(only);
  return err(
    problem('refund_payment_ambiguous', 'Several payments of this invoice can be refunded: say which.', {
      param: 'payment_id',
      details: { payments: candidates.map(({ payment }) => payment.id) },
    }),
  );
}
