import { invariant } from '../invariant.js';
import type { Currency } from '../money/currency.js';
import { type Money, money } from '../money/money.js';
import type { Instant } from '../time/instant.js';
import { credit, debit, type LedgerEntry, type LedgerTransaction, ledgerTransaction } from './posting.js';

/** A refund as the books see it. All amounts in minor units. */
export interface RefundFact {
  readonly refundId: string;
  readonly connectionId: string;
  readonly customerId: string;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  /** As much of it as gives back money that no invoice needed; the rest gives back revenue. */
  readonly fromOverpaymentMinor: bigint;
  readonly occurredAt: Instant;
}

/** A refund is owed from the moment it is decided, whether or not Stripe has heard of it. */
export function refundRequested(fact: RefundFact): LedgerTransaction | null {
  return ledgerTransaction({ ...source(fact, 'refund_requested'), entries: owed(fact) });
}

/** A refund that was closed as never made is at Stripe all the same: it is owed again, or rather still. */
export function refundReopened(fact: RefundFact): LedgerTransaction | null {
  return ledgerTransaction({ ...source(fact, 'refund_reopened'), entries: owed(fact) });
}

/** Stripe says that the refund succeeded: the money is on its way out of the balance. */
export function refundSucceeded(fact: RefundFact): LedgerTransaction | null {
  const { whole } = parts(fact);
  return ledgerTransaction({
    ...source(fact, 'refund_succeeded'),
    entries: [
      debit('refunds_payable', fact.connectionId, whole),
      credit('payments_in_transit', fact.connectionId, whole),
    ],
  });
}

/** A refund that was still pending failed or was cancelled: what asking for it had moved is moved back. */
export function refundFailed(fact: RefundFact): LedgerTransaction | null {
  return ledgerTransaction({ ...source(fact, 'refund_failed'), entries: takenBack(fact) });
}

/** The same of one that was opened again: a kind of its own, since no fact is entered twice. */
export function refundFailedAgain(fact: RefundFact): LedgerTransaction | null {
  return ledgerTransaction({ ...source(fact, 'refund_failed_again'), entries: takenBack(fact) });
}

/**
 * A refund that had succeeded failed afterwards: the bank sent it back, and Stripe returns it to the balance by a
 * transaction of its own (https://docs.stripe.com/refunds#failed-refunds).
 */
export function refundReversed(fact: RefundFact): LedgerTransaction | null {
  const { given, overpaid, whole } = parts(fact);
  return ledgerTransaction({
    ...source(fact, 'refund_reversed'),
    entries: [
      debit('payments_in_transit', fact.connectionId, whole),
      credit('refunds_given', null, given),
      credit('overpayments', fact.customerId, overpaid),
    ],
  });
}

function owed(fact: RefundFact): LedgerEntry[] {
  const { given, overpaid, whole } = parts(fact);
  return [
    debit('refunds_given', null, given),
    debit('overpayments', fact.customerId, overpaid),
    credit('refunds_payable', fact.connectionId, whole),
  ];
}

function takenBack(fact: RefundFact): LedgerEntry[] {
  const { given, overpaid, whole } = parts(fact);
  return [
    debit('refunds_payable', fact.connectionId, whole),
    credit('refunds_given', null, given),
    credit('overpayments', fact.customerId, overpaid),
  ];
}

function source(fact: RefundFact, kind: LedgerTransaction['kind']): Omit<LedgerTransaction, 'entries'> {
  return { kind, sourceKind: 'refund', sourceId: fact.refundId, occurredAt: fact.occurredAt };
}

function parts(fact: RefundFact): { readonly given: Money; readonly overpaid: Money; readonly whole: Money } {
  const { amountMinor, fromOverpaymentMinor, currency } = fact;
  invariant(amountMinor > 0n, 'a refund gives back more than nothing');
  invariant(
    fromOverpaymentMinor >= 0n && fromOverpaymentMinor <= amountMinor,
    'an overpayment is a part of the refund',
  );
  return {
    given: money(amountMinor - fromOverpaymentMinor, currency),
    overpaid: money(fromOverpaymentMinor, currency),
    whole: money(amountMinor, currency),
  };
}
