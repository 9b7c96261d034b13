import { type Invoice, isPaymentDormant, isPaymentOpen } from '@tollbridge/core';
import type { NewJob } from '../changes.js';
import type { Context } from '../context.js';
import { listPaymentsOfInvoice } from '../store/payments.js';
import { withdrawPaymentJob } from './collection-jobs.js';

/**
 * Once an invoice wants no money any more, no attempt at it may bring any: every other one that still could, a page, a
 * confirmation, or the intent that a failed attempt left behind at Stripe, is withdrawn (INV-7). `settledBy` is the
 * attempt that paid it; null when none did. Nothing while the invoice still wants money.
 */
export async function withdrawalJobs(context: Context, invoice: Invoice, settledBy: string | null): Promise<NewJob[]> {
  if (invoice.status !== 'paid' && invoice.status !== 'void') return [];
  const { environmentId, id: invoiceId } = invoice;
  const payments = await listPaymentsOfInvoice(context.db, environmentId, invoiceId);
  return payments
    .filter((payment) => payment.id !== settledBy && (isPaymentOpen(payment) || isPaymentDormant(payment)))
    .map(({ id: paymentId, connectionId }) =>
      withdrawPaymentJob(context, { environmentId, invoiceId, connectionId, paymentId }),
    );
}
