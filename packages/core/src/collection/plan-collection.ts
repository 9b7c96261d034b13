import { mayCollect } from '../connection/capabilities.js';
import type { Connection } from '../connection/connection.js';
import type { Customer } from '../customer/customer.js';
import type { PaymentMethod } from '../customer/payment-method.js';
import { usablePaymentMethod } from '../customer/usable-payment-method.js';
import { amountDueMinor } from '../invoice/amount-due.js';
import type { Invoice, PaymentError } from '../invoice/invoice.js';
import { money } from '../money/money.js';
import { stripeAmountFromMoney } from '../money/stripe-amount.js';
import { isPaymentDormant, isPaymentOpen, isUnanswered, type Payment } from '../payment/payment.js';

/** Why an attempt is made: the invoice is due, a new way to pay appeared (INV-4), or somebody asked for it now. */
export type CollectionTrigger = 'due' | 'new_method' | 'asked';

/** Why nothing can be tried for now. The invoice stands with it, and is tried again once it went away (INV-2). */
export type PendingReason =
  | 'customer_deleted'
  | 'customer_not_linked'
  | 'connection_missing'
  | 'connection_disconnected'
  | 'connection_not_enabled'
  | 'card_payments_not_active'
  | 'payment_disputed';

export type CollectionPlan =
  /** There is nothing to collect, or not by us, or not again by itself. */
  | { readonly kind: 'nothing'; readonly why: 'not_open' | 'sent_to_payer' | 'failed_before' }
  /** An attempt is under way at Stripe, or a page of it waits for the payer. */
  | { readonly kind: 'wait'; readonly payment: Payment }
  /** A call was committed to, and its answer is not known: to be repeated or asked about. */
  | { readonly kind: 'resume'; readonly payment: Payment }
  | { readonly kind: 'stand_pending'; readonly reason: PendingReason }
  | { readonly kind: 'fail'; readonly error: PaymentError }
  /** The same intent, which asks for the same amount, is confirmed again. */
  | { readonly kind: 'confirm_again'; readonly payment: Payment; readonly method: PaymentMethod }
  /** An older intent asks for something else: it goes first, so that it can never bring money. */
  | { readonly kind: 'cancel_first'; readonly payment: Payment }
  | { readonly kind: 'open'; readonly amountMinor: bigint; readonly method: PaymentMethod };

export interface CollectionFacts {
  readonly invoice: Invoice;
  /** Null when the customer was deleted. */
  readonly payer: { readonly customer: Customer; readonly paymentMethods: readonly PaymentMethod[] } | null;
  /** The customer's own connection; null when there is none. */
  readonly connection: Connection | null;
  /** The attempts at this invoice, the newest first. */
  readonly payments: readonly Payment[];
  /** Whether he contests a payment, and the contest is not decided. */
  readonly hasOpenDispute: boolean;
  readonly trigger: CollectionTrigger;
}

/**
 * What to do next so that the invoice is paid: one attempt at a time, none while another could still bring money, and
 * always a reason when nothing is done. The same facts always give the same plan, so that a repetition is harmless.
 *
 * Errors: none; what stands in the way is part of the plan.
 */
export function planCollection(facts: CollectionFacts): CollectionPlan {
  const { invoice, payments, trigger } = facts;
  if (!isCollectable(invoice, trigger)) return { kind: 'nothing', why: 'not_open' };
  const open = payments.find((payment) => payment.id === invoice.openPaymentId);
  if (open !== undefined && isPaymentOpen(open)) return planForOpen(open, facts);
  if (invoice.collectionMethod === 'send_invoice' && trigger !== 'asked') {
    return { kind: 'nothing', why: 'sent_to_payer' };
  }
  if (invoice.paymentStatus === 'failed' && trigger === 'due') return { kind: 'nothing', why: 'failed_before' };
  return planForNew(facts);
}

function isCollectable(invoice: Invoice, trigger: CollectionTrigger): boolean {
  const isOpen = invoice.status === 'finalized' || (invoice.status === 'uncollectible' && trigger === 'asked');
  return isOpen && amountDueMinor(invoice) > 0n;
}

function planForOpen(payment: Payment, { payer, connection, trigger }: CollectionFacts): CollectionPlan {
  if (isUnanswered(payment)) return { kind: 'resume', payment };
  const mayTryOther = payment.status === 'requires_action' && payment.kind === 'automatic' && trigger !== 'due';
  if (!mayTryOther || payer === null || connection === null || !mayCollect(connection).ok) {
    return { kind: 'wait', payment };
  }
  // The payer was asked to confirm and left another way to pay instead: the same intent takes it, so that it pays once.
  const method = usablePaymentMethod(payer.customer, payer.paymentMethods.filter(ofConnection(connection)));
  const isOther = method !== null && method.stripeId !== payment.stripePaymentMethodId;
  return isOther ? { kind: 'confirm_again', payment, method } : { kind: 'wait', payment };
}

const ofConnection = (connection: Connection) => (method: PaymentMethod) => method.connectionId === connection.id;

function planForNew(facts: CollectionFacts): CollectionPlan {
  const { invoice, payer, connection, payments } = facts;
  const reason = whatIsMissing(facts);
  if (reason !== null) return { kind: 'stand_pending', reason };
  if (payer === null || connection === null) return { kind: 'stand_pending', reason: 'customer_not_linked' };
  const amountMinor = amountDueMinor(invoice);
  if (!stripeAmountFromMoney(money(amountMinor, invoice.currency)).ok) {
    return { kind: 'fail', error: AMOUNT_NOT_EXACT };
  }
  const method = usablePaymentMethod(payer.customer, payer.paymentMethods.filter(ofConnection(connection)));
  if (method === null) return planWithoutMethod(facts);
  const dormant = payments.find(isPaymentDormant);
  if (dormant === undefined) return { kind: 'open', amountMinor, method };
  const isSame =
    dormant.amountMinor === amountMinor &&
    dormant.connectionId === connection.id &&
    dormant.stripeCustomerId === payer.customer.providerCustomerId;
  return isSame ? { kind: 'confirm_again', payment: dormant, method } : { kind: 'cancel_first', payment: dormant };
}

/** Said once; only who asks again hears it again. */
function planWithoutMethod({ invoice, trigger }: CollectionFacts): CollectionPlan {
  const isKnown = invoice.paymentStatus === 'failed' && invoice.lastPaymentError?.code === METHOD_MISSING.code;
  return isKnown && trigger !== 'asked'
    ? { kind: 'nothing', why: 'failed_before' }
    : { kind: 'fail', error: METHOD_MISSING };
}

function whatIsMissing({ payer, connection, hasOpenDispute, trigger }: CollectionFacts): PendingReason | null {
  if (payer === null) return 'customer_deleted';
  if (payer.customer.providerCustomerId === null) return 'customer_not_linked';
  if (connection === null) return 'connection_missing';
  // Who contests one charge contests the next as well, and each contest costs a fee (INV-8).
  if (hasOpenDispute && trigger !== 'asked') return 'payment_disputed';
  const may = mayCollect(connection);
  return may.ok ? null : may.error.code;
}

const ours = { declineCode: null, requestId: null, adviceCode: null, paymentMethodId: null };

/** INV-4: the code under which hosts know that the payer must leave a way to pay first. */
const METHOD_MISSING: PaymentError = {
  ...ours,
  code: 'customer_must_have_payment_method',
  message: 'The customer has no payment method that can be charged. Send him to a set-up page or to the invoice.',
};

const AMOUNT_NOT_EXACT: PaymentError = {
  ...ours,
  code: 'amount_not_exact_at_stripe',
  message: 'Stripe has no unit as small as this amount needs in this currency.',
};

const REFUSALS_OF_OURS: ReadonlySet<string> = new Set([METHOD_MISSING.code, AMOUNT_NOT_EXACT.code]);

/** Whether it was we who did not try: then it is the host's to do something about, and tells the payer nothing. */
export const isRefusalOfOurs = (error: Pick<PaymentError, 'code'>): boolean => REFUSALS_OF_OURS.has(error.code);
