import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimalOf } from '../money/decimal.js';
import { parseTaxRate, TAX_BEHAVIOURS, type TaxBehaviour, taxOfLine } from './tax.js';

const tax = (amountMinor: bigint, rate: string, behaviour: TaxBehaviour) =>
  taxOfLine(amountMinor, { ratePercent: decimalOf(rate), behaviour });

test.each<[bigint, string, TaxBehaviour, bigint, bigint, bigint]>([
  [1000n, '19', 'exclusive', 1000n, 190n, 1190n],
  [1190n, '19', 'inclusive', 1000n, 190n, 1190n],
  [1000n, '19', 'inclusive', 840n, 160n, 1000n],
  [1000n, '19', 'reverse_charge', 1000n, 0n, 1000n],
  [1000n, '8.875', 'exclusive', 1000n, 89n, 1089n],
  [10n, '5', 'exclusive', 10n, 1n, 11n],
  [-10n, '5', 'exclusive', -10n, -1n, -11n],
  [-1190n, '19', 'inclusive', -1000n, -190n, -1190n],
  [1000n, '0', 'inclusive', 1000n, 0n, 1000n],
  [1000n, '100', 'inclusive', 500n, 500n, 1000n],
  [0n, '19', 'exclusive', 0n, 0n, 0n],
])(
  'INV-11: %i at %s percent %s is %i net, %i tax, %i gross',
  (amount, rate, behaviour, netMinor, taxMinor, grossMinor) => {
    expect(tax(amount, rate, behaviour)).toEqual({ netMinor, taxMinor, grossMinor });
  },
);

test('another rounding is another tax', () => {
  const terms = { ratePercent: decimalOf('5'), behaviour: 'exclusive' } as const;
  expect(taxOfLine(10n, terms, 'half-even').taxMinor).toBe(0n);
});

const amount = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });
const rate = fc.bigInt({ min: 0n, max: 100_000n }).map((thousandths) => ({ scaled: thousandths * 10n ** 9n }));
const behaviour = fc.constantFrom(...TAX_BEHAVIOURS);

test('net and tax are always the gross, and an inclusive price is the gross to the cent', () => {
  fc.assert(
    fc.property(amount, rate, behaviour, (amountMinor, ratePercent, how) => {
      const taxed = taxOfLine(amountMinor, { ratePercent, behaviour: how });
      expect(taxed.netMinor + taxed.taxMinor).toBe(taxed.grossMinor);
      expect(how === 'inclusive' ? taxed.grossMinor : taxed.netMinor).toBe(amountMinor);
    }),
  );
});

test('a credit bears the mirror of the tax of its charge', () => {
  fc.assert(
    fc.property(amount, rate, behaviour, (amountMinor, ratePercent, how) => {
      const charge = taxOfLine(amountMinor, { ratePercent, behaviour: how });
      const credit = taxOfLine(-amountMinor, { ratePercent, behaviour: how });
      expect(credit.taxMinor).toBe(-charge.taxMinor);
    }),
  );
});

test.each(['0', '19', '8.875', '100'])('%s percent is a rate', (text) => {
  expect(parseTaxRate(text)).toEqual({ ok: true, value: decimalOf(text) });
});

test.each([
  ['', 'tax_rate_malformed'],
  ['19%', 'tax_rate_malformed'],
  ['0.0000000000001', 'tax_rate_malformed'],
  ['-1', 'tax_rate_out_of_range'],
  ['100.01', 'tax_rate_out_of_range'],
])('%j is refused as %s', (text, code) => {
  expect(parseTaxRate(text)).toEqual({ ok: false, error: { code, text } });
});
