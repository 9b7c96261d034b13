import fc from 'fast-check';
import { expect, test } from 'vitest';
import { currencyOf } from './currency.js';
import { decimalFromInteger, decimalOf, formatDecimal, multiplyMinor, multiplyMoney, parseDecimal } from './decimal.js';

const eur = currencyOf('eur');

test.each([
  ['0', '0'],
  ['-0', '0'],
  ['007', '7'],
  ['1.50', '1.5'],
  ['1.000', '1'],
  ['-12.5', '-12.5'],
  ['0.000000000001', '0.000000000001'],
  ['-0.000000000001', '-0.000000000001'],
  ['1.0000000000000000', '1'],
  ['999999999999999999.999999999999', '999999999999999999.999999999999'],
])('%s is read exactly and written as %s', (text, shortest) => {
  expect(formatDecimal(decimalOf(text))).toBe(shortest);
});

test.each([
  ['', 'decimal_malformed'],
  ['.5', 'decimal_malformed'],
  ['5.', 'decimal_malformed'],
  ['+5', 'decimal_malformed'],
  ['1e3', 'decimal_malformed'],
  ['1,5', 'decimal_malformed'],
  [' 1', 'decimal_malformed'],
  ['1\n', 'decimal_malformed'],
  ['NaN', 'decimal_malformed'],
  ['--1', 'decimal_malformed'],
  ['0.0000000000001', 'decimal_too_precise'],
  ['1000000000000000000', 'decimal_too_large'],
])('%j is refused as %s', (text, code) => {
  expect(parseDecimal(text)).toEqual({ ok: false, error: { code, text } });
});

test('a decimal written and read again is the same', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 29n), max: 10n ** 29n }), (scaled) => {
      expect(decimalOf(formatDecimal({ scaled }))).toEqual({ scaled });
    }),
  );
});

test('a whole number is the decimal without places', () => {
  expect(formatDecimal(decimalFromInteger(-42n))).toBe('-42');
});

test.each([
  ['1500', '2', 3000n],
  ['0.5', '1', 1n],
  ['0.4', '1', 0n],
  ['-0.5', '1', -1n],
  ['0.000000000001', '1000000000000', 1n],
  ['0.333333333333', '3', 1n],
  ['1999', '0.5', 1000n],
])('%s minor units times %s is %i', (unitAmount, quantity, minor) => {
  const product = multiplyMoney(decimalOf(unitAmount), decimalOf(quantity), { currency: eur, rounding: 'half-up' });
  expect(product).toEqual({ minor, currency: 'eur' });
});

test('a share of an amount is rounded once', () => {
  const fraction = { numerator: decimalOf('8.875'), denominator: decimalOf('100') };
  expect(multiplyMinor(1000n, fraction, 'half-up')).toBe(89n);
  expect(multiplyMinor(1000n, fraction, 'down')).toBe(88n);
});

test('a text that the program wrote and cannot read is a bug', () => {
  expect(() => decimalOf('one')).toThrow('is a decimal number');
});
