import { invariant } from '../invariant.js';
import type { Currency } from '../money/currency.js';
import { money } from '../money/money.js';
import type { Instant } from '../time/instant.js';
import { credit, debit, type LedgerEntry, type LedgerTransaction, ledgerTransaction } from './posting.js';

/** Money that arrived for a customer, and what it was for. All amounts in minor units. */
export interface PaymentFact {
  readonly paymentId: string;
  readonly customerId: string;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  /** As much of it as the invoice needed; the rest is the customer's money with us. */
  readonly appliedMinor: bigint;
  /** Whether the invoice had been written off: then the payment makes up for the loss, not for a debt. */
  readonly wasUncollectible: boolean;
  readonly occurredAt: Instant;
}

/** Stripe says that the payment succeeded: the money is in transit until a balance transaction shows it. */
export function paymentSucceeded(fact: PaymentFact & { readonly connectionId: string }): LedgerTransaction | null {
  return ledgerTransaction({
    kind: 'payment_succeeded',
    sourceKind: 'payment',
    sourceId: fact.paymentId,
    occurredAt: fact.occurredAt,
    entries: [
      debit('payments_in_transit', fact.connectionId, money(fact.amountMinor, fact.currency)),
      ...whatWasPaid(fact),
    ],
  });
}

/** A person records money that came outside Stripe, by bank transfer for example. */
export function paymentOfflineRecorded(fact: PaymentFact): LedgerTransaction | null {
  return ledgerTransaction({
    kind: 'payment_offline_recorded',
    sourceKind: 'payment',
    sourceId: fact.paymentId,
    occurredAt: fact.occurredAt,
    entries: [debit('offline_receipts', null, money(fact.amountMinor, fact.currency)), ...whatWasPaid(fact)],
  });
}

function whatWasPaid(fact: PaymentFact): LedgerEntry[] {
  const { customerId, currency, amountMinor, appliedMinor } = fact;
  invariant(amountMinor > 0n, 'a payment brings more than nothing');
  invariant(appliedMinor >= 0n && appliedMinor <= amountMinor, 'a payment settles no more than it brings');
  const applied = money(appliedMinor, currency);
  return [
    fact.wasUncollectible ? credit('bad_debt', null, applied) : credit('receivable', customerId, applied),
    credit('overpayments', customerId, money(amountMinor - appliedMinor, currency)),
  ];
}
