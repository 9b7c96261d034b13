import { describe, expect, it } from 'vitest';
import { Patience } from '../src/testing/patience.js';

const timeOf = async (doing: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await doing();
  return performance.now() - start;
};

/** Timers may be a millisecond early. */
const slackMs = 2;

describe('requests to Stripe', () => {
  it('go out one after the other, however many are asked at once', async () => {
    const patience = new Patience({ betweenRequestsMs: 20, beforeEventsMs: 0, afterUsageMs: 0 });
    const many = [1, 2, 3, 4].map(() => patience.turn('POST', '/v1/customers'));
    expect(await timeOf(() => Promise.all(many))).toBeGreaterThanOrEqual(3 * 20 - 3 * slackMs);
  });

  it('give events the time to be written before they are listed, and hold up nothing else', async () => {
    const patience = new Patience({ betweenRequestsMs: 0, beforeEventsMs: 200, afterUsageMs: 0 });
    for (const path of ['/v1/events', '/v1/events?limit=3']) {
      expect(await timeOf(() => patience.turn('GET', path))).toBeGreaterThanOrEqual(200 - slackMs);
    }
    const others = [
      ['GET', '/v1/events/evt_1'],
      ['GET', '/v1/customers'],
      ['POST', '/v1/events'],
    ] as const;
    for (const [method, path] of others)
      expect(await timeOf(() => patience.turn(method, path))).toBeLessThan(200 - slackMs);
  });

  it('give usage the time to be counted before anything else is asked, once', async () => {
    const patience = new Patience({ betweenRequestsMs: 0, beforeEventsMs: 0, afterUsageMs: 200 });
    const move = () => timeOf(() => patience.turn('POST', '/v1/test_helpers/test_clocks/clock_1/advance'));
    const use = () => timeOf(() => patience.turn('POST', '/v1/billing/meter_events'));
    expect(await move()).toBeLessThan(200 - slackMs);
    expect([await use(), await use()].map((ms) => ms < 200 - slackMs)).toEqual([true, true]);
    expect(await move()).toBeGreaterThanOrEqual(200 - slackMs);
    expect(await move()).toBeLessThan(200 - slackMs);
  });
});
