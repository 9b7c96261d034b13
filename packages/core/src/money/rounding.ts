import { invariant } from '../invariant.js';

/**
 * How a division that does not come out even is settled. `half-up` and `up` go away from zero and `down` towards it, so
 * that a credit is always the mirror of its charge; `floor` and `ceiling` go down and up the number line.
 */
export type Rounding = 'half-even' | 'half-up' | 'up' | 'down' | 'floor' | 'ceiling';

/**
 * numerator / denominator as a whole number, rounded as named.
 *
 * Errors: none; a denominator of zero is an invariant violation.
 */
export function divide(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  invariant(denominator !== 0n, 'nothing is divided by zero');
  const quotient = numerator / denominator;
  const remainder = absolute(numerator % denominator);
  if (remainder === 0n) return quotient;
  const isNegative = numerator < 0n !== denominator < 0n;
  const awayFromZero = isNegative ? quotient - 1n : quotient + 1n;
  const twice = remainder * 2n - absolute(denominator);
  switch (rounding) {
    case 'half-even':
      return twice > 0n || (twice === 0n && quotient % 2n !== 0n) ? awayFromZero : quotient;
    case 'half-up':
      return twice >= 0n ? awayFromZero : quotient;
    case 'up':
      return awayFromZero;
    case 'down':
      return quotient;
    case 'floor':
      return isNegative ? awayFromZero : quotient;
    case 'ceiling':
      return isNegative ? quotient : awayFromZero;
  }
}

/** The distance from zero. */
export function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}
