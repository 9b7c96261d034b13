import { invalidRequest } from '../../errors.js';
import type { Work } from '../../work.js';
import { couponBehind, reductionIn } from '../discounts/coupon.js';
import { type DiscountObject, type DiscountTarget, type GivenDiscount, redeem } from '../discounts/discount.js';
import { discountAmounts, type Reduction } from '../discounts/discount-amounts.js';

/** A discount with what it takes, as it was when it was given: nothing that happens to its coupon later changes it. */
export interface AppliedDiscount extends Omit<Reduction, 'line'> {
  readonly id: string;
}

/** What one discount takes of one line. */
export interface DiscountAmount {
  readonly amount: number;
  readonly discount: string;
}

/** What a discount took of a line that is given back, and whether it was the line's own. */
export interface TakenAmount extends DiscountAmount {
  readonly isOfLine: boolean;
}

/** As invoices and their items show it. */
export const shownAmount = ({ amount, discount }: DiscountAmount): DiscountAmount => ({ amount, discount });

/** What discounts take of one line: those of the line itself, and its share of the invoice's. */
export interface LineDiscounts {
  readonly ofLine: readonly DiscountAmount[];
  readonly ofInvoice: readonly DiscountAmount[];
}

export interface DiscountedLine {
  readonly amount: number;
  readonly discountable: boolean;
  readonly pricing: { readonly price_details?: { readonly product: string } } | null;
  readonly _applied: readonly AppliedDiscount[];
}

/** What discounts take of each line: first the lines' own, then the invoice's from what those left. */
export const discountsOf = (
  lines: readonly DiscountedLine[],
  ofInvoice: readonly AppliedDiscount[],
): readonly LineDiscounts[] => {
  const own = lines.flatMap((line, position) => line._applied.map((applied) => ({ ...applied, line: position })));
  const reductions = [...own, ...ofInvoice.map((applied) => ({ ...applied, line: null }))];
  const taken = discountAmounts(lines.map(discountable), reductions);
  const amountsAt = (position: number, from: number, to: number): DiscountAmount[] =>
    reductions.slice(from, to).flatMap(({ id }, index) => {
      const amount = taken[from + index]?.[position] ?? 0;
      return amount === 0 ? [] : [{ amount, discount: id }];
    });
  return lines.map((_, position) => ({
    ofLine: amountsAt(position, 0, own.length),
    ofInvoice: amountsAt(position, own.length, reductions.length),
  }));
};

const discountable = (line: DiscountedLine) => ({
  amount: line.amount,
  product: line.pricing?.price_details?.product ?? null,
  isDiscountable: line.discountable,
});

/** `''` takes all of them away. */
export type GivenDiscounts = readonly GivenDiscount[] | '' | null | undefined;

export interface Redeeming {
  readonly target: DiscountTarget;
  readonly currency: string;
  readonly param: string;
}

/** Redeems what a request gives; undefined when it says nothing of discounts. */
export const discountsFrom = (
  work: Work,
  given: GivenDiscounts,
  { target, currency, param }: Redeeming,
): AppliedDiscount[] | undefined => {
  if (given === undefined) return undefined;
  if (given === '' || given === null) return [];
  return given.map((one, position) => {
    const name = `${param}[${position}]`;
    return appliedIn(work, redeem(work, one, target, name), currency, name);
  });
};

const appliedIn = (work: Work, discount: DiscountObject, currency: string, param: string): AppliedDiscount => {
  const applied = takenBy(work, discount, currency);
  if (applied !== undefined) return applied;
  throw invalidRequest(`The coupon takes no amount off in ${currency}.`, { param });
};

/** What a discount takes in this currency; undefined when it takes nothing in it. */
export const takenBy = (work: Work, discount: DiscountObject, currency: string): AppliedDiscount | undefined => {
  const coupon = couponBehind(work, discount.source.coupon);
  const reduction = coupon === undefined ? undefined : reductionIn(coupon, currency, null);
  if (reduction === undefined) return undefined;
  const { line: _line, ...taken } = reduction;
  return { id: discount.id, ...taken };
};

/** What an invoice of that time inherits of its customer: a discount that takes nothing in its currency is left out. */
export const inheritedDiscounts = (
  work: Work,
  customer: { readonly discount: DiscountObject | null },
  currency: string,
  at = work.now,
): AppliedDiscount[] => {
  const { discount } = customer;
  const isOver = discount === null || (discount.end !== null && discount.end <= at);
  const applied = isOver ? undefined : takenBy(work, discount, currency);
  return applied === undefined ? [] : [applied];
};

/** The fields that hold discounts: ids for all, and what they take for the sandbox. */
export const discountFields = (applied: readonly AppliedDiscount[]) => ({
  discounts: applied.map((one) => one.id),
  _applied: applied,
});
