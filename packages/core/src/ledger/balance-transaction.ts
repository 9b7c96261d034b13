import { invariant } from '../invariant.js';
import type { Currency } from '../money/currency.js';
import { money } from '../money/money.js';
import type { Instant } from '../time/instant.js';
import type { AccountKind } from './accounts.js';
import { credit, debit, type LedgerTransaction, ledgerTransaction } from './posting.js';

/** A balance transaction of Stripe as the books see it: amounts in minor units of its settlement currency. */
export interface BalanceTransactionFact {
  readonly id: string;
  readonly connectionId: string;
  /** Stripe's own word, known to us or not. */
  readonly type: string;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  readonly feeMinor: bigint;
  readonly netMinor: bigint;
  /** What was moved before Stripe exchanged it, in the currency of the payment; null when nothing was exchanged. */
  readonly exchange: { readonly amountMinor: bigint; readonly currency: Currency } | null;
  /** Whether the charge, refund or dispute behind it is one of ours. */
  readonly attributed: 'ours' | 'foreign';
  readonly occurredAt: Instant;
}

export type BalanceTransactionPlace = Extract<
  AccountKind,
  'payments_in_transit' | 'disputes' | 'stripe_fees' | 'payouts' | 'foreign'
>;

/**
 * Where the gross of each type belongs (https://docs.stripe.com/reports/balance-transaction-types). `adjustment` is how
 * Stripe moves the money of a dispute out and back. A type that is not here has no part in our story: `foreign`.
 */
export const BALANCE_TRANSACTION_PLACES: Readonly<Record<string, BalanceTransactionPlace>> = {
  charge: 'payments_in_transit',
  payment: 'payments_in_transit',
  payment_failure_refund: 'payments_in_transit',
  payment_refund: 'payments_in_transit',
  payment_reversal: 'payments_in_transit',
  refund: 'payments_in_transit',
  refund_failure: 'payments_in_transit',
  adjustment: 'disputes',
  stripe_fee: 'stripe_fees',
  stripe_fx_fee: 'stripe_fees',
  tax_fee: 'stripe_fees',
  payout: 'payouts',
  payout_cancel: 'payouts',
  payout_failure: 'payouts',
  topup: 'payouts',
  topup_reversal: 'payouts',
};

// A map, since the type is text of another system: `toString` is a property of every object, and of no map.
const PLACES: ReadonlyMap<string, BalanceTransactionPlace> = new Map(Object.entries(BALANCE_TRANSACTION_PLACES));

/** The account that takes the gross of such a transaction. */
export function balanceTransactionPlace(
  fact: Pick<BalanceTransactionFact, 'type' | 'attributed'>,
): BalanceTransactionPlace {
  const place = PLACES.get(fact.type) ?? 'foreign';
  const needsOurs = place === 'payments_in_transit' || place === 'disputes';
  return needsOurs && fact.attributed === 'foreign' ? 'foreign' : place;
}

/**
 * Stripe's balance moved by the net; the fee is Stripe's; the gross belongs to what moved it. When Stripe exchanged the
 * money, both sides meet in `currency_exchange`, so that each currency balances by itself. Null when nothing moved.
 *
 * Errors: none; amounts of which net is not gross less fee are an invariant violation.
 */
export function balanceTransactionPosted(fact: BalanceTransactionFact): LedgerTransaction | null {
  const { connectionId, currency, amountMinor, feeMinor, netMinor, exchange } = fact;
  invariant(netMinor === amountMinor - feeMinor, `the net of ${fact.id} is its gross less its fee`);
  const place = balanceTransactionPlace(fact);
  const gross = money(amountMinor, currency);
  const counterEntries =
    exchange === null || exchange.currency === currency
      ? [credit(place, connectionId, gross)]
      : [
          credit('currency_exchange', connectionId, gross),
          debit('currency_exchange', connectionId, money(exchange.amountMinor, exchange.currency)),
          credit(place, connectionId, money(exchange.amountMinor, exchange.currency)),
        ];
  return ledgerTransaction({
    kind: 'balance_transaction_posted',
    sourceKind: 'balance_transaction',
    sourceId: fact.id,
    occurredAt: fact.occurredAt,
    entries: [
      debit('stripe_clearing', connectionId, money(netMinor, currency)),
      debit('stripe_fees', connectionId, money(feeMinor, currency)),
      ...counterEntries,
    ],
  });
}
