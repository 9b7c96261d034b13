import type { Invoice, PaymentError } from '../invoice/invoice.js';
import { applyPaymentIntent, type IntentSeen, type PaymentDecision } from './apply-payment-intent.js';
import { releasedFrom } from './attempt.js';
import { keyMade, type Payment, type Times } from './payment.js';

/**
 * Stripe refused to withdraw an attempt, and this is where its intent stands: the attempt is again what the intent says. What
 * was told of it before the withdrawal is not told again, however often Stripe refuses. Where the intent says nothing, the
 * withdrawal stays committed to, under a key of its own: Stripe keeps the refusal for the present one.
 *
 * Errors: none.
 */
export function refuseWithdrawal(
  payment: Payment,
  invoice: Invoice,
  { seen, times }: { readonly seen: IntentSeen; readonly times: Times },
): PaymentDecision {
  const asked: Payment = { ...payment, status: 'confirming' };
  const decided = applyPaymentIntent(asked, invoice, { seen, seenBy: 'answer', now: times.now });
  const stands = decided.payment;
  if (stands.status === 'confirming') {
    const { keyGeneration } = payment;
    const again: Payment = { ...payment, keyGeneration: keyGeneration + 1, ...keyMade(times) };
    return { ...decided, payment: again, invoice, events: [] };
  }
  if (!isKnown(payment, stands)) return decided;
  // What failed holds no invoice; what waits for the payer goes on holding the one it held.
  const left = stands.status === 'failed' ? releasedFrom(stands, invoice) : invoice;
  return { ...decided, payment: stands, invoice: left, events: [] };
}

/** A withdrawal keeps what was last told of the attempt: why it failed, or what its payer must do. */
function isKnown(before: Payment, stands: Payment): boolean {
  if (stands.status === 'failed') return isSameFailure(before.failure, stands.failure);
  if (stands.status !== 'requires_action') return false;
  const isSameAction = before.nextAction !== null && before.nextAction.url === stands.nextAction?.url;
  return isSameAction || isSameFailure(before.failure, stands.failure);
}

/** Of one failure the refusal of the call knows the request, and the intent does not. */
function isSameFailure(one: PaymentError | null, other: PaymentError | null): boolean {
  if (one === null || other === null) return false;
  return (
    one.code === other.code && one.declineCode === other.declineCode && one.paymentMethodId === other.paymentMethodId
  );
}
