import { invariant } from '../invariant.js';
import type { Currency } from './currency.js';

/** An amount in whole minor units (cents), never a fraction and never a floating-point number. */
export interface Money {
  readonly minor: bigint;
  readonly currency: Currency;
}

/**
 * The largest amount that an object of ours may carry, in minor units and in either direction. Amounts are JSON numbers
 * in the API, and JSON numbers are exact up to 2^53 - 1 only; the database's bigint holds more.
 */
export const AMOUNT_MINOR_MAX = 9_007_199_254_740_991n;

/** Whether an amount in minor units can be stored and shown exactly. */
export function isRepresentable(minor: bigint): boolean {
  return minor <= AMOUNT_MINOR_MAX && minor >= -AMOUNT_MINOR_MAX;
}

/** An amount in minor units of a currency. */
export function money(minor: bigint, currency: Currency): Money {
  return { minor, currency };
}

/** Nothing, in a currency. */
export function zero(currency: Currency): Money {
  return money(0n, currency);
}

/** left + right. Errors: none; two currencies are an invariant violation. */
export function add(left: Money, right: Money): Money {
  return money(left.minor + inSameCurrency(left, right).minor, left.currency);
}

/** left - right. Errors: none; two currencies are an invariant violation. */
export function subtract(left: Money, right: Money): Money {
  return money(left.minor - inSameCurrency(left, right).minor, left.currency);
}

/** The same amount in the other direction. */
export function negate(amount: Money): Money {
  return money(-amount.minor, amount.currency);
}

/** -1, 0 or 1 as left is less than, equal to or more than right. Errors: none; two currencies are an invariant violation. */
export function compare(left: Money, right: Money): -1 | 0 | 1 {
  inSameCurrency(left, right);
  if (left.minor === right.minor) return 0;
  return left.minor < right.minor ? -1 : 1;
}

/** The smaller of two amounts. Errors: none; two currencies are an invariant violation. */
export function min(left: Money, right: Money): Money {
  return compare(left, right) <= 0 ? left : right;
}

/** All amounts together; of none at all it is nothing. Errors: none; another currency is an invariant violation. */
export function sum(amounts: readonly Money[], currency: Currency): Money {
  return amounts.reduce(add, zero(currency));
}

export function isZero(amount: Money): boolean {
  return amount.minor === 0n;
}

export function isPositive(amount: Money): boolean {
  return amount.minor > 0n;
}

export function isNegative(amount: Money): boolean {
  return amount.minor < 0n;
}

function inSameCurrency(left: Money, right: Money): Money {
  invariant(left.currency === right.currency, `${left.currency} and ${right.currency} are never reckoned together`);
  return right;
}
