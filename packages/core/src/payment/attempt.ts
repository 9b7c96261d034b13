import type { PaymentMethod } from '../customer/payment-method.js';
import type { DomainEvent } from '../event/domain-event.js';
import { invariant } from '../invariant.js';
import { type Invoice, type InvoicePaymentStatus, invoiceEvent, type PaymentError } from '../invoice/invoice.js';
import {
  isUnanswered,
  keyMade,
  type NewPaymentFacts,
  newPayment,
  type Payment,
  paymentEvent,
  type Times,
} from './payment.js';

/** What beginning, ending or not making an attempt changes. Nothing here moves money, so there are no postings. */
export interface AttemptDecision {
  readonly invoice: Invoice;
  readonly payment: Payment | null;
  readonly events: readonly DomainEvent[];
}

/** The one attempt of the invoice, committed before Stripe hears of it. Errors: none; a second one is an invariant violation. */
export function openAttempt(invoice: Invoice, facts: NewPaymentFacts, times: Times): AttemptDecision {
  invariant(invoice.openPaymentId === null, 'an invoice has one open attempt');
  const payment = newPayment(facts, times);
  return {
    invoice: { ...invoice, openPaymentId: payment.id, paymentStatusReason: null },
    payment,
    events: [paymentEvent(payment, 'payment.created')],
  };
}

/**
 * The same intent once more, under a key of its own: Stripe answers a known key with the decline it has kept
 * (https://docs.stripe.com/api/idempotent_requests).
 */
export function confirmAttemptAgain(
  invoice: Invoice,
  payment: Payment,
  {
    method,
    returnUrl,
    times,
  }: {
    readonly method: Pick<PaymentMethod, 'stripeId'>;
    /** Where the payer comes back to when he is present; null when he is away. */
    readonly returnUrl: string | null;
    readonly times: Times;
  },
): AttemptDecision {
  invariant(invoice.openPaymentId === null || invoice.openPaymentId === payment.id, 'an invoice has one open attempt');
  return {
    invoice: { ...invoice, openPaymentId: payment.id, paymentStatusReason: null },
    payment: {
      ...payment,
      status: 'confirming',
      confirmations: payment.confirmations + 1,
      keyGeneration: 1,
      ...keyMade(times),
      heldBackAt: null,
      stripePaymentMethodId: method.stripeId,
      returnUrl,
      nextAction: null,
    },
    events: [],
  };
}

/**
 * The intent or the page is to be withdrawn; until Stripe says so it holds an invoice that wants money and that nothing
 * else holds, since it could still bring it. Under a key of its own each time: Stripe answers a known key with the refusal
 * it has kept (https://docs.stripe.com/api/idempotent_requests).
 */
export function cancelAttempt(invoice: Invoice, payment: Payment, times: Times): AttemptDecision {
  return {
    invoice: holdsInvoice(payment, invoice) ? { ...invoice, openPaymentId: payment.id } : invoice,
    payment: {
      ...payment,
      status: 'canceling',
      keyGeneration: payment.keyGeneration + 1,
      ...keyMade(times),
      heldBackAt: null,
    },
    events: [],
  };
}

/**
 * Frees the invoice from an attempt that nobody can withdraw now, because the connection to Stripe is lost. The attempt
 * is withdrawn as soon as the connection is back: one with a call under way once its outcome is known. What it has
 * brought until then counts, or is given back by itself.
 */
export function releaseAttempt(invoice: Invoice, payment: Payment, times: Times): AttemptDecision {
  const freed = withdrawnFrom(invoice);
  const asked = isUnanswered(payment) ? payment : cancelAttempt(invoice, payment, times).payment;
  return { invoice: freed, payment: asked, events: withdrawalEvents(invoice, freed) };
}

/** INV-3: an invoice that fails because its attempt was withdrawn fails too; one that had failed before was told of then. */
export function withdrawalEvents(before: Invoice, freed: Invoice): DomainEvent[] {
  const isNewFailure = freed.paymentStatus === 'failed' && before.paymentStatus !== 'failed';
  return isNewFailure ? failureEvents(before, 'failed') : statusEvents(before, freed.paymentStatus);
}

/** The invoice without its attempt: failed if the last one that was really made failed, else pending. */
export function withdrawnFrom(invoice: Invoice): Invoice {
  const { lastPaymentError } = invoice;
  return {
    ...invoice,
    openPaymentId: null,
    paymentStatus: lastPaymentError === null ? 'pending' : 'failed',
    paymentStatusReason:
      lastPaymentError === null ? 'payment_withdrawn' : (lastPaymentError.declineCode ?? lastPaymentError.code),
  };
}

/** Nothing was tried, and this is why. Says it once: a reason that stands already changes nothing. */
export function standPending(invoice: Invoice, reason: string): AttemptDecision {
  if (invoice.paymentStatus === 'pending' && invoice.paymentStatusReason === reason) {
    return { invoice, payment: null, events: [] };
  }
  const standing: Invoice = { ...invoice, paymentStatus: 'pending', paymentStatusReason: reason };
  return { invoice: standing, payment: null, events: [invoiceEvent(invoice, 'invoice.payment_status_updated')] };
}

/** The collection failed without an attempt at Stripe, or with one that left nothing there. */
export function failCollection(invoice: Invoice, error: PaymentError): AttemptDecision {
  const failed: Invoice = { ...invoice, ...failedWith(error) };
  return { invoice: failed, payment: null, events: failureEvents(invoice, 'failed') };
}

/** Stripe refused the attempt and kept nothing of it that could be confirmed later. */
export function failAttempt(invoice: Invoice, payment: Payment, error: PaymentError): AttemptDecision {
  const failed: Payment = { ...payment, status: 'failed', failure: error, nextAction: null };
  if (!holdsInvoice(payment, invoice)) {
    return {
      invoice: releasedFrom(payment, invoice),
      payment: failed,
      events: [paymentEvent(failed, 'payment.failed')],
    };
  }
  return {
    invoice: { ...invoice, ...failedWith(error) },
    payment: failed,
    events: [paymentEvent(failed, 'payment.failed'), ...failureEvents(invoice, 'failed')],
  };
}

/** Whether what becomes of the attempt becomes of the invoice too: it still wants money, and no other attempt holds it. */
export function holdsInvoice(payment: Payment, invoice: Invoice): boolean {
  const isOpen = invoice.status === 'finalized' || invoice.status === 'uncollectible';
  return isOpen && (invoice.openPaymentId === null || invoice.openPaymentId === payment.id);
}

/** The invoice without this attempt, when nothing else about it changes. */
export function releasedFrom(payment: Payment, invoice: Invoice): Invoice {
  return invoice.openPaymentId === payment.id ? { ...invoice, openPaymentId: null } : invoice;
}

/** How an invoice looks after a failed attempt. */
export function failedWith(
  error: PaymentError,
): Pick<Invoice, 'paymentStatus' | 'paymentStatusReason' | 'lastPaymentError' | 'openPaymentId'> {
  return {
    paymentStatus: 'failed',
    paymentStatusReason: error.declineCode ?? error.code,
    lastPaymentError: error,
    openPaymentId: null,
  };
}

/** INV-3: every failure is told by `invoice.payment_failure`; the change of status as such only when it is one. */
export function failureEvents(before: Invoice, after: InvoicePaymentStatus): DomainEvent[] {
  return [invoiceEvent(before, 'invoice.payment_failure'), ...statusEvents(before, after)];
}

/** That the collection went a step on. */
export function statusEvents(before: Invoice, after: InvoicePaymentStatus): DomainEvent[] {
  return before.paymentStatus === after ? [] : [invoiceEvent(before, 'invoice.payment_status_updated')];
}
