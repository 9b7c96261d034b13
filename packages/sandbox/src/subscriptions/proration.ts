import type { Period } from '../resources/invoices/invoice-line.js';

/** One price with its quantity: what the whole period costs, in the smallest unit. */
export interface ProratedSide {
  readonly amount: number;
  readonly period: Period;
}

/** A line that charged for a period, or for the rest of one, as an invoice shows it, less its discounts. */
export interface DebitedLine {
  readonly amount: number;
  readonly period: Period;
  readonly line: string;
  readonly invoice: string;
}

/** What one debited line gives back. */
export interface CreditedLine {
  readonly invoice: string;
  readonly line: string;
  /** Zero or less. */
  readonly amount: number;
}

export interface Credit {
  /** The sum of what is credited: zero or less. */
  readonly amount: number;
  /** One for each debit with time left, in the order given: each becomes a proration of its own. */
  readonly credited: readonly CreditedLine[];
}

/**
 * What is given back of the time from `at` to the end of the period: zero or less. Counted to the second, rounded once,
 * half away from zero, so that it is exactly what the same price would cost from then on.
 * https://docs.stripe.com/billing/subscriptions/prorations
 */
export const unusedAmount = (side: ProratedSide, at: number): number => {
  const amount = remainingAmount(side, at);
  return amount === 0 ? 0 : -amount;
};

/** What the time from `at` to the end of the period costs. Before the period it is the whole, after it nothing. */
export const remainingAmount = ({ amount, period }: ProratedSide, at: number): number => {
  const whole = BigInt(period.end - period.start);
  const left = BigInt(Math.max(0, period.end - Math.max(at, period.start)));
  if (whole <= 0n || left === 0n) return 0;
  const magnitude = (2n * BigInt(Math.abs(amount)) * left + whole) / (2n * whole);
  return amount < 0 && magnitude !== 0n ? -Number(magnitude) : Number(magnitude);
};

/**
 * Flexible billing mode credits what was debited, whatever the price is by now: every line that charged for time after
 * `at` gives back its own share. The caller names only lines that no earlier proration gave back.
 * https://docs.stripe.com/billing/subscriptions/prorations#credit-prorations
 */
export const creditOfDebited = (debited: readonly DebitedLine[], at: number): Credit => {
  const credited = debited
    .filter(({ period }) => period.end > at)
    .map(({ amount, period, line, invoice }) => ({ invoice, line, amount: unusedAmount({ amount, period }, at) }));
  return { amount: credited.reduce((sum, line) => sum + line.amount, 0), credited };
};
