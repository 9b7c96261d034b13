import type { IntentSeen } from '@tollbridge/core';
import type { LoadedPayment } from './load-collection.js';

/**
 * The attempt whose page was completed, as its intent is to be judged: nobody is on the page any more who could try another
 * card, so a bank debit that failed after it has failed the attempt, also where we never saw it under way.
 */
export function completedPage(loaded: LoadedPayment, seen: IntentSeen): LoadedPayment {
  const { payment } = loaded;
  const isOver = seen.status === 'requires_payment_method' && payment.kind === 'hosted';
  const waits = payment.status === 'awaiting_payer' || payment.status === 'canceling';
  return isOver && waits ? { ...loaded, payment: { ...payment, status: 'processing' } } : loaded;
}
