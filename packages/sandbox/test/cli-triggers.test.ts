import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTriggerRun, type TriggerRun } from '../src/testing/cli/trigger-run.js';

// A few of the CLI's triggers at each test run; all of them by `npm run sandbox:triggers`.

const documentUrl = new URL('../docs/cli-triggers.md', import.meta.url);

let run: TriggerRun;

beforeAll(async () => {
  run = await openTriggerRun();
});
afterAll(() => run?.close());

it.each([
  'balance.available',
  'billing_portal.configuration.created',
  'charge.dispute.created',
  'checkout.session.completed',
  'coupon.updated',
  'customer.created',
  'customer.discount.updated',
  'customer.subscription.created',
  'customer.subscription.paused',
  'invoice.payment_failed',
  'payment_intent.succeeded',
  'setup_intent.requires_action',
])('the official CLI triggers %s with the fixtures inside it, and the event verifies', async (trigger) => {
  expect(await run.run(trigger)).toMatchObject({ trigger, outcome: 'passed' });
});

it('what is left out is named as the resource that is out of scope', async () => {
  expect(await run.run('payment_link.created')).toEqual({
    trigger: 'payment_link.created',
    outcome: 'out of scope',
    note: 'payment_links',
  });
});

it('the table that is kept has a row for every trigger of the CLI, none of which failed, and 70 or more passed', async () => {
  const rows = [...readFileSync(documentUrl, 'utf8').matchAll(/^\| `([^`]+)` \| ([a-z ]+) \|/gm)];
  expect(rows.map(([, trigger]) => trigger)).toEqual(await run.triggers());
  const outcomes = rows.map(([, , outcome]) => outcome);
  expect(outcomes).not.toContain('failed');
  expect(outcomes.filter((outcome) => outcome === 'passed').length).toBeGreaterThanOrEqual(70);
});
