import { expect, test } from 'vitest';
import { CURRENCIES, currencyOf, minorDigits, parseCurrency } from './currency.js';

test.each([
  ['eur', 2],
  ['usd', 2],
  ['mga', 2],
  ['isk', 0],
  ['jpy', 0],
  ['ugx', 0],
  ['uyi', 0],
  ['kwd', 3],
  ['tnd', 3],
  ['clf', 4],
  ['uyw', 4],
])('%s has %i digits after the point', (code, digits) => {
  expect(minorDigits(currencyOf(code))).toBe(digits);
});

test('a currency is read in either case', () => {
  expect(parseCurrency('EUR')).toEqual({ ok: true, value: 'eur' });
});

test.each(['', 'euro', 'xxx', 'xau', 'xts', 'hrk', 'dem', 'eu', 'bgn', '\u00e9ur'])('%j is no currency', (text) => {
  expect(parseCurrency(text)).toEqual({ ok: false, error: { code: 'currency_unknown', text } });
});

test('every currency is listed once, three letters long, in order', () => {
  expect(new Set(CURRENCIES).size).toBe(CURRENCIES.length);
  expect(CURRENCIES.every((code) => /^[a-z]{3}$/.test(code))).toBe(true);
  expect([...CURRENCIES].sort()).toEqual(CURRENCIES);
  expect(CURRENCIES).toHaveLength(165);
});

test('a code that is not in the list is a bug when the program itself wrote it', () => {
  expect(() => currencyOf('EUR')).toThrow('ISO 4217');
  expect(() => minorDigits('zzz' as never)).toThrow('ISO 4217');
});
