import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../src/testing/running-sandbox.js';
import { allCases } from './billing-cases/all-cases.js';
import { playCase } from './billing-cases/player.js';

/** What the table must at least hold: issue 4, "It is done when", 5. */
const casesMin = 60;

let sandbox: RunningSandbox;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe('sk_test_cases');
});
afterAll(() => sandbox.close());

describe("amounts of Stripe's own documentation", () => {
  it('are a table of at least 60 cases, each with its page', () => {
    const cases = Object.values(allCases).flat();
    expect(cases.length).toBeGreaterThanOrEqual(casesMin);
    for (const { page } of cases) expect(page).toMatch(/^https:\/\/(docs|support)\.stripe\.com\/\w/);
  });

  for (const [subject, cases] of Object.entries(allCases)) {
    describe(subject, () => {
      it.each(cases)('$promise', async (one) => {
        await playCase(stripe, one);
        expect(sandbox.contractMisfits()).toEqual([]);
      });
    });
  }
});
