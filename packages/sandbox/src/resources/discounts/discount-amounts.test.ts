import { describe, expect, it, test } from 'vitest';
import { type DiscountableLine, discountAmounts, type Reduction } from './discount-amounts.js';

const line = (amount: number, product: string | null = 'prod_a', isDiscountable = true): DiscountableLine => ({
  amount,
  product,
  isDiscountable,
});
const percent = (percentOff: number, more: Partial<Reduction> = {}): Reduction => ({
  percentOff,
  amountOff: null,
  products: null,
  line: null,
  ...more,
});
const amount = (amountOff: number, more: Partial<Reduction> = {}): Reduction => ({
  ...percent(0, more),
  percentOff: null,
  amountOff,
});

describe('behaviour 64: a share is rounded line by line, half away from zero', () => {
  test.each([
    { of: [1000], off: 25, takes: [250] },
    { of: [1000], off: 100, takes: [1000] },
    { of: [999, 999], off: 50, takes: [500, 500] },
    { of: [5, 5, 5], off: 33, takes: [2, 2, 2] },
    { of: [10_000], off: 33.33, takes: [3333] },
    { of: [1], off: 49.999, takes: [0] },
    { of: [-999, 2000], off: 50, takes: [-500, 1000] },
    { of: [0], off: 10, takes: [0] },
    { of: [9_007_199_254_740_991], off: 50, takes: [4_503_599_627_370_496] },
  ])('$off % of $of takes $takes', ({ of, off, takes }) => {
    expect(
      discountAmounts(
        of.map((one) => line(one)),
        [percent(off)],
      ),
    ).toEqual([takes]);
  });
});

describe('behaviour 64: an amount is split in proportion, to the last unit, and never takes more than there is', () => {
  test.each([
    { of: [1000, 3000], off: 400, takes: [100, 300] },
    { of: [1000, 2000], off: 500, takes: [166, 334] },
    { of: [100, 100, 100], off: 100, takes: [33, 33, 34] },
    { of: [1, 1, 1], off: 2, takes: [0, 1, 1] },
    { of: [700, 300], off: 5000, takes: [700, 300] },
    { of: [1000, -400], off: 800, takes: [600, 0] },
    { of: [-400], off: 100, takes: [0] },
    { of: [], off: 100, takes: [] },
    { of: [2, 1], off: 1, takes: [0, 1] },
  ])('$off of $of takes $takes', ({ of, off, takes }) => {
    expect(
      discountAmounts(
        of.map((one) => line(one)),
        [amount(off)],
      ),
    ).toEqual([takes]);
  });
});

describe('several discounts apply in their order, each to what those before it left', () => {
  test.each([
    { name: 'half, then 5.00', reductions: [percent(50), amount(500)], takes: [[1000], [500]] },
    { name: '5.00, then half', reductions: [amount(500), percent(50)], takes: [[500], [750]] },
    { name: 'all, then 5.00', reductions: [percent(100), amount(500)], takes: [[2000], [0]] },
    { name: '20 %, then 20 %', reductions: [percent(20), percent(20)], takes: [[400], [320]] },
  ])('$name', ({ reductions, takes }) => {
    expect(discountAmounts([line(2000)], reductions)).toEqual(takes);
  });
});

describe('a discount reaches only what it applies to', () => {
  const lines = [line(1000, 'prod_a'), line(1000, 'prod_b'), line(1000, null), line(1000, 'prod_a', false)];

  it.each([
    { name: 'to all products', reductions: [percent(10)], takes: [[100, 100, 100, 0]] },
    { name: 'to some products', reductions: [percent(10, { products: ['prod_b'] })], takes: [[0, 100, 0, 0]] },
    { name: 'an amount to some products', reductions: [amount(50, { products: ['prod_a'] })], takes: [[50, 0, 0, 0]] },
    { name: 'to one line', reductions: [amount(50, { line: 2 })], takes: [[0, 0, 50, 0]] },
    {
      name: 'to one line of another product',
      reductions: [percent(10, { line: 1, products: ['prod_a'] })],
      takes: [[0, 0, 0, 0]],
    },
  ])('$name', ({ reductions, takes }) => {
    expect(discountAmounts(lines, reductions)).toEqual(takes);
  });
});
