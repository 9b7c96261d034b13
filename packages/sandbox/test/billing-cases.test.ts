import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../src/testing/running-sandbox.js';
import { allCases } from './billing-cases/all-cases.js';
import { playCase } from './billing-cases/player.js';

/** What the table must at least hold: issue 4, "It is done when", 5. */
const casesMin = 60;

let sandbox: RunningSandbox;

beforeAll(async () => {
  sandbox = await runSandbox();
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
      it.each(cases.map((one, index) => ({ ...one, index })))('$promise', async (one) => {
        const key = `sk_test_case_${subject.replaceAll(' ', '')}${one.index}`;
        await playCase(sandbox.stripe(key), one);
        expect(sandbox.contractMisfits()).toEqual([]);
      });
    });
  }
});
