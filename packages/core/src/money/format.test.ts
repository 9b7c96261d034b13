import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CURRENCIES, currencyOf } from './currency.js';
import { formatMajor, formatMoney, parseMoney } from './format.js';
import { AMOUNT_MINOR_MAX, money } from './money.js';

test.each([
  [1500n, 'eur', '15.00 EUR'],
  [5n, 'eur', '0.05 EUR'],
  [-5n, 'eur', '-0.05 EUR'],
  [0n, 'eur', '0.00 EUR'],
  [-3n, 'jpy', '-3 JPY'],
  [1234n, 'kwd', '1.234 KWD'],
  [7n, 'clf', '0.0007 CLF'],
])('%i in %s is shown as %s', (minor, code, text) => {
  expect(formatMoney(money(minor, currencyOf(code)))).toBe(text);
});

test.each([
  ['15', 'eur', 1500n],
  ['15.5', 'EUR', 1550n],
  ['-15.50', 'eur', -1550n],
  ['15.5000', 'eur', 1550n],
  ['3', 'jpy', 3n],
  ['3.0', 'jpy', 3n],
  ['0.001', 'kwd', 1n],
])('%s in %s is %i', (text, code, minor) => {
  expect(parseMoney(text, code)).toEqual({ ok: true, value: { minor, currency: code.toLowerCase() } });
});

test.each([
  ['', 'eur', 'money_malformed'],
  ['1,50', 'eur', 'money_malformed'],
  ['€1', 'eur', 'money_malformed'],
  ['1.005', 'eur', 'money_too_precise'],
  ['0.5', 'jpy', 'money_too_precise'],
  ['90071992547409.92', 'eur', 'money_too_large'],
  ['1', 'zzz', 'currency_unknown'],
])('%j in %s is refused as %s', (text, code, refusal) => {
  expect(parseMoney(text, code)).toMatchObject({ ok: false, error: { code: refusal } });
});

test('an amount written and read again is the same, in every currency', () => {
  const minor = fc.bigInt({ min: -AMOUNT_MINOR_MAX, max: AMOUNT_MINOR_MAX });
  fc.assert(
    fc.property(minor, fc.constantFrom(...CURRENCIES), (each, currency) => {
      const amount = money(each, currency);
      expect(parseMoney(formatMajor(amount), currency)).toEqual({ ok: true, value: amount });
    }),
  );
});
