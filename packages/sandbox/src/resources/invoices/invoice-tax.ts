import type { TaxRateObject } from '../products/tax-rates.js';

/** What one rate takes of one line. */
export interface LineTax {
  readonly amount: number;
  readonly tax_behavior: 'exclusive' | 'inclusive';
  readonly tax_rate_details: { readonly tax_rate: string };
  readonly taxability_reason: 'customer_exempt' | 'not_available' | 'reverse_charge';
  readonly taxable_amount: number;
  readonly type: 'tax_rate_details';
}

export type TaxExempt = 'none' | 'exempt' | 'reverse';

/** Percentages have at most four decimals: https://docs.stripe.com/api/tax_rates/create */
const percentScale = 10_000n;
const whole = 100n * percentScale;

/**
 * The taxes of one line, of which discounts are taken already. An inclusive tax lies inside the amount, and exclusive
 * ones are taken of what is left without it. Half away from zero, by line and rate. Of an exempt customer they are 0, and
 * what is taxable is still without the inclusive tax.
 * https://docs.stripe.com/billing/taxes/tax-rates
 */
export const taxesOfLine = (amount: number, rates: readonly TaxRateObject[], exempt: TaxExempt): LineTax[] => {
  const inclusive = rates.filter((rate) => rate.inclusive);
  const scaledInside = inclusive.reduce((sum, rate) => sum + scaledPercent(rate), 0n);
  const inside = inclusive.map((rate) => divided(BigInt(amount) * scaledPercent(rate), whole + scaledInside));
  const base = amount - inside.reduce((sum, one) => sum + one, 0);
  const taxOf = (rate: TaxRateObject): number => {
    if (exempt !== 'none') return 0;
    if (rate.inclusive) return inside[inclusive.indexOf(rate)] ?? 0;
    return divided(BigInt(base) * scaledPercent(rate), whole);
  };
  return rates.map((rate) => ({
    amount: taxOf(rate),
    tax_behavior: rate.inclusive ? 'inclusive' : 'exclusive',
    tax_rate_details: { tax_rate: rate.id },
    taxability_reason: reasons[exempt],
    taxable_amount: base,
    type: 'tax_rate_details',
  }));
};

/**
 * What an exempt customer does not pay of a line whose price includes a tax: "the buyer pays the unit_amount price minus
 * the tax". https://docs.stripe.com/tax/tax-rates#tax-exempt-and-reverse-charge
 */
export const exemptedOf = (amount: number, taxes: readonly LineTax[]): number => {
  const spared = taxes.find((tax) => tax.tax_behavior === 'inclusive' && tax.taxability_reason !== reasons.none);
  return spared === undefined ? 0 : amount - spared.taxable_amount;
};

/** Of taxes by rates Stripe gives no reason; an exemption is one. */
const reasons = { none: 'not_available', exempt: 'customer_exempt', reverse: 'reverse_charge' } as const;

const scaledPercent = (rate: TaxRateObject): bigint => {
  const [units = '0', decimals = ''] = rate.percentage.toFixed(4).split('.');
  return BigInt(units + decimals);
};

/** Half away from zero. */
export const divided = (dividend: bigint, divisor: bigint): number => {
  const size = dividend < 0n ? -dividend : dividend;
  const quotient = (2n * size + divisor) / (2n * divisor);
  return Number(dividend < 0n ? -quotient : quotient);
};
