import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTriggerRun, type TriggerRow, type TriggerRun } from '../src/testing/cli/trigger-run.js';

// Whatever the table says passes is played at each test run; the rest, out of scope, by `npm run sandbox:triggers` too.

const documentUrl = new URL('../docs/cli-triggers.md', import.meta.url);
const documented = [...readFileSync(documentUrl, 'utf8').matchAll(/^\| `([^`]+)` \| ([a-z ]+) \|/gm)];
const passed = documented.flatMap(([, trigger = '', outcome]) => (outcome === 'passed' ? [trigger] : []));

/** Sandboxes of their own, each with a listening CLI; more than the processors there are only get into each other's way. */
const lanesAtOnce = 2;
/** They took 105 s beside three others on two processors, of which they had 56 s together. */
const playMsMax = 400_000;

let runs: readonly TriggerRun[] = [];
const rows = new Map<string, TriggerRow>();

beforeAll(async () => {
  runs = await Promise.all(Array.from({ length: lanesAtOnce }, () => openTriggerRun()));
  const waiting = [...passed];
  const play = async (run: TriggerRun): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) rows.set(next, await run.run(next));
  };
  await Promise.all(runs.map(play));
}, playMsMax);
afterAll(async () => {
  await Promise.all(runs.map((run) => run.close()));
});

it.each(passed)('the official CLI triggers %s with the fixtures inside it, and the event verifies', (trigger) => {
  expect(rows.get(trigger)).toMatchObject({ trigger, outcome: 'passed' });
});

it.each([
  ['payment_link.created', 'payment_links'],
  ['quote.created', 'quotes'],
])('what is left out is named as the resource that is out of scope: %s', async (trigger, note) => {
  expect(await runs[0]?.run(trigger)).toEqual({ trigger, outcome: 'out of scope', note });
});

it('what ends at a parameter that is refused is out of scope for that reason, and for no other', async () => {
  const [run] = runs;
  const trigger = 'payment_intent.partially_funded';
  const note = expect.stringContaining('jp_bank_account');
  expect(await run?.run(trigger)).toEqual({ trigger, outcome: 'out of scope', note });
  const request = 'POST /v1/customers';
  await run?.sandbox.control('POST', 'faults', { kind: 'status', status: 400, request, times: 1 });
  expect(await run?.run(trigger)).toMatchObject({
    outcome: 'failed',
    note: expect.stringContaining(`${request}: 400`),
  });
});

it('the table that is kept has a row for every trigger of the CLI, none of which failed, and 76 or more passed', async () => {
  expect(documented.map(([, trigger]) => trigger)).toEqual(await runs[0]?.triggers());
  expect(documented.map(([, , outcome]) => outcome)).not.toContain('failed');
  expect(passed.length).toBeGreaterThanOrEqual(76);
});
