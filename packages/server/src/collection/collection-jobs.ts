import type { CollectionTrigger } from '@tollbridge/core';
import type { NewJob } from '../changes.js';
import type { Context } from '../context.js';

/** With its pauses of up to an hour, more than the day for which Stripe remembers a key: nothing is given up unknown. */
const MONEY_ATTEMPTS_MAX = 48;

interface ForInvoice {
  readonly environmentId: string;
  readonly invoiceId: string;
  readonly connectionId: string | null;
}

/** All work on one invoice at Stripe has this key, so that it happens one after the other. */
const invoiceKey = (invoiceId: string): string => `invoice ${invoiceId}`;

/** Tries to have the invoice paid; what is to be tried is decided when it runs. */
export const collectInvoiceJob = (context: Context, of: ForInvoice, trigger: CollectionTrigger): NewJob => ({
  ...moneyJob(context, of),
  kind: 'collect_invoice',
  dedupeKey: `collect ${of.invoiceId} ${trigger}`,
  payload: { invoiceId: of.invoiceId, trigger },
});

/** Makes the call to Stripe that the row of this attempt has committed to. */
export const carryOutPaymentJob = (context: Context, of: ForInvoice & { readonly paymentId: string }): NewJob => ({
  ...moneyJob(context, of),
  kind: 'carry_out_payment',
  dedupeKey: `carry out ${of.paymentId}`,
  payload: { paymentId: of.paymentId },
});

/** Withdraws an attempt that must not bring money any more, if it still can. */
export const withdrawPaymentJob = (context: Context, of: ForInvoice & { readonly paymentId: string }): NewJob => ({
  ...moneyJob(context, of),
  // By itself: a withdrawal that waits for a lost connection must not hold up what goes through another.
  key: `payment ${of.paymentId}`,
  kind: 'withdraw_payment',
  dedupeKey: `withdraw ${of.paymentId}`,
  payload: { paymentId: of.paymentId },
});

/** Gives back what arrived and no invoice needed (INV-7). */
export const refundPaymentJob = (context: Context, of: ForInvoice & { readonly paymentId: string }): NewJob => ({
  ...moneyJob(context, of),
  kind: 'refund_payment',
  dedupeKey: `refund ${of.paymentId}`,
  payload: { paymentId: of.paymentId },
});

function moneyJob(context: Context, of: ForInvoice): Omit<NewJob, 'kind' | 'dedupeKey' | 'payload'> {
  return {
    environmentId: of.environmentId,
    id: context.newId('job'),
    lane: 'money',
    key: invoiceKey(of.invoiceId),
    connectionId: of.connectionId,
    dueAt: context.clock.machineNow(),
    attemptsMax: MONEY_ATTEMPTS_MAX,
    lease: null,
  };
}
