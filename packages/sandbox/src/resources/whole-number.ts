import { invalidRequest } from '../errors.js';

/** Twelve digits, as amounts of invoice items may have; sums of all lines of an invoice can still be counted. */
export const most = 999_999_999_999;

/** Refuses what is no whole number of at least `least`; what was left out stays so. */
export const wholeNumber = <T extends number | undefined>(value: T, param: string, least = -most): T => {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least && value <= most)) return value;
  throw invalidRequest(`Invalid integer: ${value}; must be from ${least} to ${most}.`, {
    code: 'parameter_invalid_integer',
    param,
  });
};

/** Gives the amount back, unless it has more digits than any amount of money may have. */
export const countableAmount = (amount: number, param: string): number => {
  if (Math.abs(amount) <= most) return amount;
  throw invalidRequest(`Amount must be no more than ${most} in the smallest unit of its currency.`, {
    code: 'amount_too_large',
    param,
  });
};
