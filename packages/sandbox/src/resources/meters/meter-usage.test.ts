import { describe, expect, test } from 'vitest';
import { aggregated, type Usage } from './meter-usage.js';

const hour = 3600;
const at = (timestamp: number, value: number): Usage => ({ timestamp, value });
const meter = (formula: 'count' | 'last' | 'sum', window: 'day' | 'hour' | null = null) => ({
  default_aggregation: { formula },
  event_time_window: window,
});

describe('what a meter makes of events', () => {
  const events = [at(10, 5), at(3 * hour, 7), at(20, -2), at(3 * hour, 4)];

  test.each([
    { name: 'their sum, credits included', of: meter('sum'), gives: 14 },
    { name: 'their number', of: meter('count'), gives: 4 },
    { name: 'the last by time of usage, of equals the one that came later', of: meter('last'), gives: 4 },
    { name: 'the sum of the last of each hour', of: meter('sum', 'hour'), gives: 2 },
    { name: 'the number of hours that have any', of: meter('count', 'hour'), gives: 2 },
    { name: 'the last of the day', of: meter('sum', 'day'), gives: 4 },
  ])('$name', ({ of, gives }) => {
    expect(aggregated(of, events)).toBe(gives);
  });

  test.each(['sum', 'count', 'last'] as const)('nothing is 0 by %s', (formula) => {
    expect(aggregated(meter(formula), [])).toBe(0);
  });
});
