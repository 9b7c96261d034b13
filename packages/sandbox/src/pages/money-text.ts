import { decimalsOf } from '../resources/currency-rules.js';

/** 1999, 'usd' → "19.99 USD"; no float is involved. */
export const moneyText = (amount: number, currency: string): string => {
  const decimals = decimalsOf(currency);
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const rest = decimals === 0 ? '' : `.${digits.slice(-decimals)}`;
  return `${amount < 0 ? '-' : ''}${whole}${rest} ${currency.toUpperCase()}`;
};
