/** What a discount takes away: a share of each line it applies to, or one amount that is spread over them. */
export interface Reduction {
  /** More than 0, at most 100; null when it is an amount. */
  readonly percentOff: number | null;
  /** In the smallest unit of the document's currency; null when it is a share. */
  readonly amountOff: number | null;
  /** Whose lines it reduces; null: those of all products. */
  readonly products: readonly string[] | null;
  /** The position of the one line it was given to; null: it was given to the whole document. */
  readonly line: number | null;
}

export interface DiscountableLine {
  /** Before discounts and before tax, in the smallest unit; negative for a credit. */
  readonly amount: number;
  /** Null when the line is of no product: then only what applies to all products reduces it. */
  readonly product: string | null;
  /** False: no discount touches it. */
  readonly isDiscountable: boolean;
}

/**
 * What each reduction takes from each line, by position of the reduction and then of the line, in the smallest unit.
 * They apply in their order, each to what those before it left; tax comes after all of them. A share is rounded line by
 * line, half away from zero. An amount never takes more than there is, and is split in proportion so that the parts give
 * it again to the last unit. The sum of a reduction's parts is what the document says it took.
 */
export const discountAmounts = (
  lines: readonly DiscountableLine[],
  reductions: readonly Reduction[],
): readonly (readonly number[])[] => {
  const left = lines.map((line) => line.amount);
  return reductions.map((reduction) => {
    const base = left.map((amount, position) => (applies(reduction, lines, position) ? amount : 0));
    const taken =
      reduction.percentOff === null ? amountsOff(base, reduction.amountOff ?? 0) : sharesOff(base, reduction);
    for (const [position, amount] of taken.entries()) left[position] = (left[position] ?? 0) - amount;
    return taken;
  });
};

const applies = (reduction: Reduction, lines: readonly DiscountableLine[], position: number): boolean => {
  const line = lines[position];
  if (line === undefined || !line.isDiscountable) return false;
  if (reduction.line !== null && reduction.line !== position) return false;
  return reduction.products === null || (line.product !== null && reduction.products.includes(line.product));
};

/** Enough for every share that JSON's numbers tell apart between 0 and 100. */
const percentDecimals = 12;
const percentScale = 100n * 10n ** BigInt(percentDecimals);

const sharesOff = (base: readonly number[], reduction: Reduction): number[] => {
  const percent = BigInt((reduction.percentOff ?? 0).toFixed(percentDecimals).replace('.', ''));
  return base.map((amount) => {
    const size = BigInt(Math.abs(amount)) * percent;
    const share = Number((2n * size + percentScale) / (2n * percentScale));
    return amount < 0 && share > 0 ? -share : share;
  });
};

/** Credits lower what there is to take from, and nothing is taken from a credit itself. */
const amountsOff = (base: readonly number[], amountOff: number): number[] => {
  const whole = Math.min(amountOff, Math.max(0, sum(base)));
  const weights = base.map((amount) => Math.max(0, amount));
  return split(whole, weights);
};

/**
 * In proportion and rounded down; what that leaves goes to the lines it cut, a unit each, from the last one on: 5.00 off
 * 10.00 and 20.00 is 1.66 and 3.34 at https://docs.stripe.com/billing/subscriptions/prorations#credit-prorations.
 */
const split = (whole: number, weights: readonly number[]): number[] => {
  const total = BigInt(sum(weights));
  if (total === 0n) return weights.map(() => 0);
  const parts = weights.map((weight, position) => {
    const scaled = BigInt(whole) * BigInt(weight);
    return { position, amount: Number(scaled / total), isCut: scaled % total > 0n };
  });
  const rest = whole - sum(parts.map((part) => part.amount));
  const cut = parts.filter((part) => part.isCut).reverse();
  const raised = new Set(cut.slice(0, rest).map((part) => part.position));
  return parts.map((part) => part.amount + (raised.has(part.position) ? 1 : 0));
};

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
