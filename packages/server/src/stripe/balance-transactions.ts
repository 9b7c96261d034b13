import {
  type Currency,
  err,
  type Instant,
  instantOf,
  MILLISECONDS_PER_SECOND,
  ok,
  parseCurrency,
  type Result,
} from '@tollbridge/core';
import { amountFromStripe } from './amounts.js';
import type { Stripe, StripeAccess, StripeFailure, StripeGateway } from './gateway.js';
import { strangeAnswer } from './strange-answer.js';

/** What moved the balance, as far as it could be one of our payments, refunds or disputes. */
export interface BalanceSource {
  readonly id: string;
  readonly kind: 'charge' | 'refund' | 'dispute' | 'other';
  /** In the currency that the payer was charged in, always above zero; null when it moved no payer's money. */
  readonly charged: { readonly amountMinor: bigint; readonly currency: Currency } | null;
  readonly paymentIntentId: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A balance transaction: amounts in minor units of the settlement currency. */
export interface BalanceEntry {
  readonly id: string;
  readonly type: string;
  /** In seconds of Stripe's clock. */
  readonly createdSeconds: bigint;
  readonly occurredAt: Instant;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  readonly feeMinor: bigint;
  readonly source: BalanceSource | null;
}

export interface BalancePage {
  /** Without those in what is no currency of ISO 4217, which the books cannot hold. */
  readonly entries: readonly BalanceEntry[];
  /** Where the next page begins; null on the last one. */
  readonly nextAfter: string | null;
}

/** As many as Stripe gives at once. */
export const BALANCE_PAGE_LIMIT = 100;

/** One page of what moved the balance, newest first, each with what moved it. */
export async function listBalanceEntries(
  stripe: StripeGateway,
  access: StripeAccess,
  { notBefore, after }: { readonly notBefore: bigint; readonly after: string | null },
): Promise<Result<BalancePage, StripeFailure>> {
  const answer = await stripe.call(access, (client) =>
    client.balanceTransactions.list({
      limit: BALANCE_PAGE_LIMIT,
      created: { gte: Number(notBefore) },
      expand: ['data.source'],
      ...(after === null ? {} : { starting_after: after }),
    }),
  );
  if (!answer.ok) return answer;
  if (!Array.isArray(answer.value.data)) return err(strangeAnswer('a list of balance transactions'));
  const { data, has_more: hasMore } = answer.value;
  const entries = data.map(entryFromStripe).filter((entry) => entry !== null);
  return ok({ entries, nextAfter: hasMore ? (data.at(-1)?.id ?? null) : null });
}

function entryFromStripe(transaction: Stripe.BalanceTransaction): BalanceEntry | null {
  const { id, type, created, amount, fee, source } = transaction;
  const currency = parseCurrency(transaction.currency);
  if (!currency.ok) return null;
  return {
    id,
    type,
    createdSeconds: BigInt(created),
    occurredAt: instantOf(created * MILLISECONDS_PER_SECOND),
    currency: currency.value,
    amountMinor: minorOf(amount, currency.value),
    feeMinor: minorOf(fee, currency.value),
    source: source === null ? null : sourceFromStripe(source),
  };
}

/** Stripe's unit of krona and shilling is a hundredth that neither has: such amounts end in 00 there. */
const FINER_UNITS = 100;

/** In our minor units. What Stripe counts finer than the currency is, goes with the fee: the net follows from both. */
function minorOf(amount: number, currency: Currency): bigint {
  const whole = amount - (amount % FINER_UNITS);
  return amountFromStripe(amount, currency) ?? amountFromStripe(whole, currency) ?? 0n;
}

function sourceFromStripe(source: NonNullable<Stripe.BalanceTransaction['source']>): BalanceSource {
  const none = { kind: 'other', charged: null, paymentIntentId: null, metadata: {} } as const;
  if (typeof source === 'string') return { id: source, ...none };
  switch (source.object) {
    case 'charge':
      return knownSource(source, source.amount_captured);
    case 'refund':
    case 'dispute':
      return knownSource(source, source.amount);
    default:
      return { id: source.id, ...none };
  }
}

function knownSource(source: Stripe.Charge | Stripe.Refund | Stripe.Dispute, amount: number): BalanceSource {
  const intent = source.payment_intent;
  const currency = parseCurrency(source.currency);
  return {
    id: source.id,
    kind: source.object,
    charged: currency.ok ? { amountMinor: minorOf(amount, currency.value), currency: currency.value } : null,
    paymentIntentId: typeof intent === 'string' ? intent : (intent?.id ?? null),
    metadata: source.metadata ?? {},
  };
}
