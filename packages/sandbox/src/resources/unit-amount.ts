import { invalidRequest } from '../errors.js';

/** A price of one unit may be finer than the smallest coin: https://docs.stripe.com/api/prices/create */
const decimalsMax = 12;
const scale = 10n ** BigInt(decimalsMax);

export interface UnitAmount {
  /** Null when it is not whole. */
  readonly unit_amount: number | null;
  readonly unit_amount_decimal: string | null;
}

interface Given {
  readonly unit_amount?: number;
  readonly unit_amount_decimal?: unknown;
}

/** Both forms of the amount a request gave in one of them; both null when it gave none. */
export const unitAmountIn = (given: Given, prefix = ''): UnitAmount => {
  const param = (name: string): string => (prefix === '' ? name : `${prefix}[${name}]`);
  if (given.unit_amount !== undefined && given.unit_amount_decimal !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: unit_amount, unit_amount_decimal.', {
      param: param('unit_amount'),
    });
  }
  if (given.unit_amount !== undefined) {
    if (!Number.isSafeInteger(given.unit_amount) || given.unit_amount < 0) {
      throw invalidRequest('This value must be an integer of at least 0.', {
        code: 'parameter_invalid_integer',
        param: param('unit_amount'),
      });
    }
    return { unit_amount: given.unit_amount, unit_amount_decimal: String(given.unit_amount) };
  }
  if (given.unit_amount_decimal === undefined) return { unit_amount: null, unit_amount_decimal: null };
  const text = String(given.unit_amount_decimal);
  if (!/^\d{1,12}(\.\d{1,12})?$/.test(text)) {
    throw invalidRequest(`Invalid decimal: ${text}; at most ${decimalsMax} decimal places.`, {
      param: param('unit_amount_decimal'),
    });
  }
  const decimal = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return { unit_amount: decimal.includes('.') ? null : Number(decimal), unit_amount_decimal: decimal };
};

/** The whole line in smallest units, half up: rounding is of the line and never of the unit. */
export const lineAmount = (unitAmountDecimal: string, quantity: number): number => {
  const [whole = '0', decimals = ''] = unitAmountDecimal.split('.');
  const scaled = BigInt(whole + decimals.padEnd(decimalsMax, '0')) * BigInt(quantity);
  return Number((2n * scaled + scale) / (2n * scale));
};
