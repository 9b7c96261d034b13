import { describe, expect, it } from 'vitest';
import { type Instant, MILLISECONDS_PER_DAY } from '../time/instant.js';
import {
  DELIVERY_ATTEMPTS_IN_ORDER,
  DELIVERY_ATTEMPTS_MAX,
  DELIVERY_DELAYS_MILLISECONDS,
  type DeliveryFacts,
  decideDelivery,
  reasonToDisable,
} from './delivery-rule.js';

const now = 1_800_000_000_000 as Instant;
const facts = (more: Partial<DeliveryFacts> = {}): DeliveryFacts => ({
  failuresBefore: 0,
  outcome: { status: 500 },
  failingSince: null,
  now,
  jitter: 0,
  ...more,
});

describe('decideDelivery', () => {
  it('takes any 2xx, and nothing else, as delivered', () => {
    for (const status of [200, 201, 204, 299])
      expect(decideDelivery(facts({ outcome: { status } })).kind).toBe('delivered');
    for (const status of [null, 100, 199, 301, 302, 400, 404, 410, 429, 500])
      expect(decideDelivery(facts({ outcome: { status } })).kind).toBe('again');
  });

  it('OUT-1: tries for three days, whatever the jitter', () => {
    for (const jitter of [0, 0.5, 1]) {
      let elapsed = 0;
      let attempts = 1;
      for (let failures = 0; failures < DELIVERY_ATTEMPTS_MAX; failures += 1) {
        const decision = decideDelivery(facts({ failuresBefore: failures, jitter }));
        if (decision.kind !== 'again') break;
        elapsed += decision.delayMilliseconds;
        attempts += 1;
      }
      expect(attempts).toBe(DELIVERY_ATTEMPTS_MAX);
      expect(elapsed / MILLISECONDS_PER_DAY).toBeGreaterThan(2.9);
      expect(elapsed / MILLISECONDS_PER_DAY).toBeLessThan(3.4);
    }
  });

  it('OUT-1: never waits less than it did before', () => {
    const sorted = [...DELIVERY_DELAYS_MILLISECONDS].sort((a, b) => a - b);
    expect(DELIVERY_DELAYS_MILLISECONDS).toEqual(sorted);
  });

  it('OUT-1: keeps the order of events for four failures and gives it up with the fifth', () => {
    const frees = [0, 1, 2, 3, 4, 5].map((failuresBefore) => {
      const decision = decideDelivery(facts({ failuresBefore }));
      return decision.kind === 'again' && decision.freesOrder;
    });
    expect(frees).toEqual([false, false, false, false, true, true]);
    expect(DELIVERY_ATTEMPTS_IN_ORDER).toBe(5);
  });

  it('ends with the last attempt', () => {
    expect(decideDelivery(facts({ failuresBefore: DELIVERY_ATTEMPTS_MAX - 1 })).kind).toBe('failed');
  });
});

describe('reasonToDisable', () => {
  const long = (now - 3 * MILLISECONDS_PER_DAY) as Instant;

  it('switches off what said it is gone, at once', () => {
    expect(reasonToDisable(facts({ outcome: { status: 410 } }))).toBe('gone');
  });

  it('switches off what took nothing for three days, and not a moment earlier', () => {
    expect(reasonToDisable(facts({ failingSince: long }))).toBe('failing');
    expect(reasonToDisable(facts({ failingSince: (long + 1) as Instant }))).toBeNull();
    expect(reasonToDisable(facts({ failingSince: null }))).toBeNull();
  });

  it('keeps what answers well, however long it was away', () => {
    expect(reasonToDisable(facts({ failingSince: long, outcome: { status: 200 } }))).toBeNull();
  });
});
