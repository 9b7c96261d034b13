import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { creditOfDebited, remainingAmount, unusedAmount } from './proration.js';

const at = (text: string): number => Date.parse(`${text}T00:00:00Z`) / 1000;
const april = { start: at('2026-04-01'), end: at('2026-05-01') };

describe('the time left is priced to the second, rounded once, half away from zero', () => {
  // 10 and 20 USD with a third of April left: https://docs.stripe.com/billing/subscriptions/prorations#credit-prorations
  test.each([
    ['a third of 20.00', 2000, at('2026-04-21'), 667],
    ['a third of 10.00', 1000, at('2026-04-21'), 333],
    ['half of 20.00', 2000, at('2026-04-16'), 1000],
    ['half of 0.01 is rounded up', 1, at('2026-04-16'), 1],
    ['half of a discount of 0.01 is rounded away from zero', -1, at('2026-04-16'), -1],
    ['the whole from the first second', 999, april.start, 999],
    ['the whole before the period', 999, april.start - 5, 999],
    ['the last second of a big amount', 999_999_999_999, april.end - 1, 385_802],
    ['nothing at the end', 999, april.end, 0],
    ['nothing after the end', 999, april.end + 5, 0],
  ])('%s', (_what, amount, moment, remaining) => {
    expect(remainingAmount({ amount, period: april }, moment)).toBe(remaining);
    expect(unusedAmount({ amount, period: april }, moment)).toBe(remaining === 0 ? 0 : -remaining);
  });
});

describe('whatever is prorated', () => {
  const amount = fc.integer({ min: -999_999_999_999, max: 999_999_999_999 });
  const period = fc
    .tuple(fc.integer({ min: 0, max: 4_000_000_000 }), fc.integer({ min: 1, max: 3 * 366 * 86_400 }))
    .map(([start, length]) => ({ start, end: start + length }));
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const momentOf = (of: { start: number; end: number }, part: number): number =>
    of.start + Math.floor((of.end - of.start) * part);

  it('leaving a price and coming back at the same moment costs nothing', () => {
    fc.assert(
      fc.property(amount, period, share, (whole, of, part) => {
        const side = { amount: whole, period: of };
        const moment = momentOf(of, part);
        expect(unusedAmount(side, moment) + remainingAmount(side, moment)).toBe(0);
      }),
    );
  });

  it('a chain of changes does not drift: what was paid is within half a unit a side of the time used', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 1_000_000 }), share), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), period, steps, (first, of, changes) => {
        const ordered = changes
          .map(([price, part]) => ({ price, moment: momentOf(of, part) }))
          .sort((one, other) => one.moment - other.moment);
        let paid = first;
        let price = first;
        let used = 0;
        let since = of.start;
        for (const change of ordered) {
          paid += unusedAmount({ amount: price, period: of }, change.moment);
          paid += remainingAmount({ amount: change.price, period: of }, change.moment);
          used += (price * (change.moment - since)) / (of.end - of.start);
          since = change.moment;
          price = change.price;
        }
        used += (price * (of.end - since)) / (of.end - of.start);
        expect(Math.abs(paid - used)).toBeLessThanOrEqual(ordered.length + 0.001);
      }),
    );
  });

  it('changing back and forth at one moment a hundred times leaves the sum as it was', () => {
    const one = { amount: 1099, period: april };
    const other = { amount: 3301, period: april };
    let paid = one.amount;
    const moment = april.start + 1_234_567;
    for (let time = 0; time < 100; time += 1) {
      paid += unusedAmount(one, moment) + remainingAmount(other, moment);
      paid += unusedAmount(other, moment) + remainingAmount(one, moment);
    }
    expect(paid).toBe(one.amount);
  });

  it('more time left never costs less', () => {
    fc.assert(
      fc.property(fc.nat(999_999_999), period, share, share, (whole, of, a, b) => {
        const [early, late] = [Math.min(a, b), Math.max(a, b)];
        const side = { amount: whole, period: of };
        expect(remainingAmount(side, momentOf(of, early))).toBeGreaterThanOrEqual(
          remainingAmount(side, momentOf(of, late)),
        );
      }),
    );
  });
});

describe('flexible billing mode credits what was debited', () => {
  it('a third of the 10.00 that was billed, though the price is 20.00 by now', () => {
    const debited = [{ amount: 1000, period: april, line: 'il_1', invoice: 'in_1' }];
    expect(creditOfDebited(debited, at('2026-04-21'))).toEqual({
      amount: -333,
      credited: [{ invoice: 'in_1', line: 'il_1', amount: -333 }],
    });
  });

  it('the line less its share of a coupon: half of 8.34', () => {
    // A coupon of 5.00 takes 1.66 of the item: https://docs.stripe.com/billing/subscriptions/prorations#credit-prorations
    const february = { start: at('2026-02-01'), end: at('2026-03-01') };
    const debited = [{ amount: 1000 - 166, period: february, line: 'il_1', invoice: 'in_1' }];
    expect(creditOfDebited(debited, at('2026-02-15')).amount).toBe(-417);
  });

  it('one credit for each debit that has time left, and none for one that has not', () => {
    const rest = { start: at('2026-04-11'), end: april.end };
    const debited = [
      { amount: 500, period: { start: at('2026-03-01'), end: april.start }, line: 'il_0', invoice: 'in_0' },
      { amount: 1000, period: april, line: 'il_1', invoice: 'in_1' },
      { amount: 2000, period: rest, line: 'il_2', invoice: 'in_2' },
    ];
    expect(creditOfDebited(debited, at('2026-04-21'))).toEqual({
      amount: -1333,
      credited: [
        { invoice: 'in_1', line: 'il_1', amount: -333 },
        { invoice: 'in_2', line: 'il_2', amount: -1000 },
      ],
    });
  });

  it('never gives back more than was debited', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1_000_000), { maxLength: 5 }),
        fc.integer({ min: april.start, max: april.end }),
        (amounts, moment) => {
          const debited = amounts.map((amount) => ({ amount, period: april, line: 'il', invoice: 'in' }));
          const { amount } = creditOfDebited(debited, moment);
          expect(-amount).toBeLessThanOrEqual(amounts.reduce((sum, one) => sum + one, 0));
          expect(amount).toBeLessThanOrEqual(0);
        },
      ),
    );
  });
});
