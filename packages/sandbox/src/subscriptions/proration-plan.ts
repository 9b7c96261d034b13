import { invoiceItems } from '../resources/invoice-items/invoice-item.js';
import { pricingOf } from '../resources/invoice-items/invoice-item-cost.js';
import { invoices } from '../resources/invoices/invoice.js';
import { type DiscountedLine, discountsOf } from '../resources/invoices/invoice-discounts.js';
import type { LinePricing, Period } from '../resources/invoices/invoice-line.js';
import { prices } from '../resources/products/price.js';
import type { Work } from '../work.js';
import { fullAmount, periodOf, usageLine } from './period-lines.js';
import { partAmount, wholePeriod } from './periods.js';
import { prorationWords } from './price-words.js';
import { creditOfDebited, unusedAmount } from './proration.js';
import { isFlexible, isItemized, type SubscriptionObject } from './subscription.js';
import { discountsFor } from './subscription-invoice.js';
import type { Debit, SubscriptionItemObject } from './subscription-item.js';
import { unbilledPeriod } from './usage-lines.js';

/** One proration, or the usage of an item that is taken away, as the invoice item that it becomes. */
export interface Proration {
  readonly kind: 'credit' | 'debit' | 'usage';
  readonly item: SubscriptionItemObject;
  readonly amount: number;
  readonly description: string;
  readonly period: Period;
  readonly pricing: LinePricing;
  readonly quantity: number;
  /** What it gives back, where the mode of billing knows. */
  readonly credited: Debit | null;
}

/** What each licensed item costs for a whole period, after discounts where they are not shown on their own. */
const netAmounts = (
  work: Work,
  subscription: SubscriptionObject,
  items: readonly SubscriptionItemObject[],
): ReadonlyMap<string, number> => {
  const licensed = items.filter((item) => !item._isMetered);
  if (isItemized(subscription)) return new Map(licensed.map((item) => [item.id, fullAmount(work, subscription, item)]));
  const lines = licensed.map((item) => ({
    amount: fullAmount(work, subscription, item),
    discountable: true,
    pricing: pricingIn(work, subscription, item),
    _applied: item._applied,
  }));
  const taken = discountsTaken(work, subscription, lines);
  return new Map(
    licensed.map((item, position) => {
      const { ofLine = [], ofInvoice = [] } = taken[position] ?? {};
      const discount = [...ofLine, ...ofInvoice].reduce((sum, one) => sum + one.amount, 0);
      return [item.id, (lines[position]?.amount ?? 0) - discount];
    }),
  );
};

/**
 * Flexible mode gives each item its share of an amount that is taken off; classic mode takes all of it off the one item
 * that is prorated: half of 10.00 less 5.00 is 2.50, though 20.00 stand beside it.
 * https://docs.stripe.com/billing/subscriptions/prorations#credit-prorations
 */
const discountsTaken = (work: Work, subscription: SubscriptionObject, lines: readonly DiscountedLine[]) => {
  const discounts = discountsFor(work, subscription);
  if (isFlexible(subscription)) return discountsOf(lines, discounts);
  return lines.flatMap((line) => discountsOf([line], discounts));
};

const pricingIn = (work: Work, { currency }: SubscriptionObject, item: SubscriptionItemObject): LinePricing =>
  pricingOf(work.require(prices, item.price), currency);

/**
 * What is given back of these items from `at` on. Flexible mode gives back what was debited, line by line; classic mode
 * what the time costs now. https://docs.stripe.com/billing/subscriptions/prorations#credit-prorations
 */
export const creditsOf = (
  work: Work,
  subscription: SubscriptionObject,
  items: readonly SubscriptionItemObject[],
  at: number,
): Proration[] => {
  if (chargesNothing(subscription)) return [];
  return licensedSides(work, subscription, items, { at, kind: 'credit', words: 'Unused' }).flatMap((side) => {
    if (isFlexible(subscription)) return debitedCredits(work, side.item, at).map((one) => ({ ...side, ...one }));
    return [{ ...side, amount: side.amount === 0 ? 0 : -side.amount }];
  });
};

interface Side {
  readonly at: number;
  readonly kind: 'credit' | 'debit';
  readonly words: 'Unused' | 'Remaining';
}

/** What each licensed item costs, by what it is now, from that time to the end of its period. */
const licensedSides = (
  work: Work,
  subscription: SubscriptionObject,
  items: readonly SubscriptionItemObject[],
  { at, kind, words }: Side,
): Proration[] => {
  const net = netAmounts(work, subscription, subscription._items);
  return items
    .filter((item) => !item._isMetered && item.current_period_end > at)
    .map((item) => {
      const { quantity = 0, current_period_end: end } = item;
      return {
        kind,
        item,
        amount: partOf(subscription, item, net.get(item.id) ?? 0, at),
        credited: null,
        description: prorationWords(work, work.require(prices, item.price), { kind: words, quantity, at }),
        period: { start: at, end },
        pricing: pricingIn(work, subscription, item),
        quantity,
      };
    });
};

/** In a trial, and paused after one as classic mode knows it alone, no time was charged before its return. */
const chargesNothing = (subscription: SubscriptionObject): boolean =>
  subscription.status === 'trialing' ||
  (subscription.status === 'paused' && !isFlexible(subscription) && subscription._resumption === null);

/** Of what a whole period costs, the part from `at` to the end of the item's own. */
const partOf = (subscription: SubscriptionObject, item: SubscriptionItemObject, amount: number, at: number): number => {
  const { start, end } = periodOf(item);
  const period = wholePeriod(subscription.billing_cycle_anchor, item._recurrence, end);
  return partAmount({ amount, period }, { start: Math.max(at, start), end });
};

const debitedCredits = (
  work: Work,
  item: SubscriptionItemObject,
  at: number,
): { amount: number; credited: Debit | null }[] => {
  const open = item._debited
    .map((debit) => standing(work, debit))
    .filter((debit) => debit.period.end > at && debit.amount > 0 && isCharged(work, debit));
  const { credited } = creditOfDebited(open, at);
  return credited.map(({ amount }, position) => ({ amount, credited: open[position] ?? null }));
};

/** A credit that was deleted or voided gave nothing back: the debit stands as it was before. */
const standing = (work: Work, debit: Debit): Debit => {
  const { givenBack } = debit;
  if (givenBack === undefined) return asItWaits(work, debit);
  const credit = { ...givenBack.of, invoiceItem: givenBack.by };
  return isCharged(work, credit) ? debit : standing(work, givenBack.of);
};

/** A debit that waits can be edited, and costs then what it was made to. */
const asItWaits = (work: Work, debit: Debit): Debit => {
  const item = work.get(invoiceItems, debit.invoiceItem ?? '');
  return item === undefined ? debit : { ...debit, amount: item.amount };
};

/**
 * An item or a draft that was deleted, a line that was taken off and an invoice that is void, which counts as if it had
 * never been, charge for nothing: there is nothing to give back.
 * https://docs.stripe.com/billing/subscriptions/prorations#credit-prorations
 */
const isCharged = (work: Work, { invoice, invoiceItem, line }: Debit): boolean => {
  const item = invoiceItem === null ? undefined : work.get(invoiceItems, invoiceItem);
  if (invoiceItem !== null && item === undefined) return false;
  if (item !== undefined && item.invoice === null) return true;
  const billed = work.get(invoices, item?.invoice ?? invoice);
  if (billed === undefined || billed.status === 'void') return false;
  return item !== undefined || billed._lines.some(({ id }) => id === line);
};

/** What these items cost from `at` to the end of their periods. */
export const debitsOf = (
  work: Work,
  subscription: SubscriptionObject,
  items: readonly SubscriptionItemObject[],
  at: number,
): Proration[] => licensedSides(work, subscription, items, { at, kind: 'debit', words: 'Remaining' });

/**
 * What metered items were used for so far that go, get another price or pause; classic mode lets it go.
 * https://docs.stripe.com/billing/subscriptions/usage-based/manage-billing-setup#update-prices-mid-cycle
 */
export const usageOfOutgoing = (
  work: Work,
  subscription: SubscriptionObject,
  items: readonly SubscriptionItemObject[],
): Proration[] =>
  items
    .filter((item) => item._isMetered && isFlexible(subscription) && subscription.status !== 'trialing')
    .map((item) => {
      const period = unbilledPeriod(item, work.now);
      const { amount, description, quantity } = usageLine(work, subscription, item, period);
      const pricing = pricingIn(work, subscription, item);
      return {
        kind: 'usage' as const,
        item,
        amount,
        credited: null,
        description: description ?? '',
        period,
        pricing,
        quantity: quantity ?? 0,
      };
    })
    .filter(({ amount }) => amount > 0);

/** Until when this item is charged already, as far as that stands: a pause may leave it so. */
export const chargedUntil = (work: Work, item: SubscriptionItemObject): number =>
  Math.max(
    0,
    ...item._debited
      .map((debit) => standing(work, debit))
      .filter((debit) => isCharged(work, debit))
      .map(({ period }) => period.end),
  );

/** What is charged still after everything from `at` on was given back. */
export const keptDebits = (item: SubscriptionItemObject, at: number): Debit[] =>
  item._debited.map((debit) => keptOf(debit, at));

const keptOf = (debit: Debit, at: number): Debit => {
  const { amount, period } = debit;
  if (period.end <= at) return debit;
  const start = Math.min(period.start, at);
  return { ...debit, amount: amount + unusedAmount(debit, at), period: { start, end: at } };
};

/** These debits of an item, each that a credit was made for told of as given back by it. */
export const givenBackBy = (
  debits: readonly Debit[],
  credits: readonly { readonly proration: Proration; readonly id: string }[],
): Debit[] =>
  debits.map((debit) => {
    const made = credits.find(({ proration: { credited } }) => credited?.line === debit.line);
    const of = made?.proration.credited;
    if (made === undefined || of === undefined || of === null) return debit;
    return { ...keptOf(of, made.proration.period.start), givenBack: { of, by: made.id } };
  });
