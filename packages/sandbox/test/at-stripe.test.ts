import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SandboxServer, startSandboxServer } from '../src/server.js';
import { atStripeByBehaviour, contractFiles, documentedBehaviours } from '../src/testing/behaviour-table.js';
import type { Outcome } from '../src/testing/outcome-reporter.js';
import { runSandbox } from '../src/testing/running-sandbox.js';
import { aboutTheSandbox, filesForStripe, leftOffAtStripe } from '../src/testing/stripe-files.js';
import { stripeTarget } from '../src/testing/stripe-target.js';
import { type Tried, triedAtStripe } from '../src/testing/tried-at-stripe.js';

// The switch that sends the contract tests to Stripe, tried against a sandbox in Stripe's place. Stripe itself was never
// asked: no key of it is at hand.

let standIn: SandboxServer;

beforeAll(async () => {
  standIn = await startSandboxServer({ port: 0 });
});
afterAll(() => standIn.close());

const environment = () => ({ STRIPE_TEST_KEY: 'sk_test_given', STRIPE_TEST_API_BASE: standIn.url });

describe('which key may run the tests', () => {
  test.each(['sk_live_x', 'rk_live_x', 'sk_live_sandbox_x', 'pk_test_x', 'whsec_x', 'sk_test_', 'anything'])(
    '%s is refused before anything is sent',
    async (key) => {
      expect(() => stripeTarget({ STRIPE_TEST_KEY: key })).toThrow('must be a key of test mode');
      await expect(runSandbox({}, { ...environment(), STRIPE_TEST_KEY: key })).rejects.toThrow('must be a key');
      expect(standIn.sandbox.core.accounts.size).toBe(0);
    },
  );

  test('a key of test mode goes to Stripe, and to nothing else but this machine', () => {
    const key = { STRIPE_TEST_KEY: 'sk_test_x' };
    expect(stripeTarget(key)?.base).toEqual({ host: 'api.stripe.com', port: 443, protocol: 'https' });
    for (const base of [
      'https://evil.example',
      'http://evil.example:80',
      'https://127.0.0.1:1',
      'http://localhost:1',
    ]) {
      expect(() => stripeTarget({ ...key, STRIPE_TEST_API_BASE: base })).toThrow('must be http://127.0.0.1');
    }
    expect(stripeTarget({})).toBeNull();
    expect(stripeTarget({ STRIPE_TEST_KEY: '' })).toBeNull();
  });
});

test('the account a test names is the one whose key was given, and what is answered is held against the contract', async () => {
  const sandbox = await runSandbox({}, environment());
  const { id } = await sandbox.stripe('sk_test_named').customers.create({ name: 'There' });
  const given = await runSandbox({}, environment());
  expect(await given.stripe('sk_test_other').customers.retrieve(id)).toMatchObject({ name: 'There' });
  expect(sandbox.contractMisfits()).toEqual([]);
  const raw = await sandbox.call('GET', `/v1/customers/${id}`, { key: 'sk_test_named' });
  expect([raw.status, raw.body.name]).toEqual([200, 'There']);
});

/** A bound for what hangs: they take half a minute on a machine that does nothing else, and minutes beside many others. */
const triedMsMax = 620_000;

describe('the files of contract tests, tried with a key', () => {
  const leftOff = Object.keys(leftOffAtStripe);
  let tried: Tried;
  let outcomes: readonly Outcome[] = [];
  let ofLeftOff: readonly Outcome[] = [];

  beforeAll(async () => {
    tried = await triedAtStripe([...filesForStripe, ...leftOff]);
    outcomes = tried.outcomes.filter(({ file }) => filesForStripe.includes(file));
    ofLeftOff = tried.outcomes.filter(({ file }) => leftOff.includes(file));
  }, triedMsMax);

  test('those for Stripe run in one account: what steers is skipped for a reason, the rest passes', () => {
    expect(outcomes.filter(({ state }) => state !== 'passed' && state !== 'skipped')).toEqual([]);
    expect(outcomes.filter(({ state, why }) => state === 'skipped' && why === '')).toEqual([]);
    const passed = new Set(outcomes.flatMap(({ state, file }) => (state === 'passed' ? [file] : [])));
    expect(filesForStripe.filter((file) => !passed.has(file))).toEqual([]);
  });

  test('and leave nothing behind of what an account may have few of, or once by its name', () => {
    const { left } = tried;
    expect(left).toEqual(Object.fromEntries(Object.keys(left).map((name) => [name, 0])));
  });

  test('behaviours.md says which behaviours run there, and why the others do not', () => {
    const documented = documentedBehaviours().map(({ number, atStripe }) => [number, atStripe]);
    expect(documented).toEqual([...atStripeByBehaviour(outcomes)]);
  });

  test('none is left off without a reason, and of those left off no test would pass there', () => {
    const named = [...filesForStripe, ...leftOff, ...Object.keys(aboutTheSandbox)];
    expect(named.sort()).toEqual(contractFiles());
    expect(new Set(ofLeftOff.map(({ file }) => file))).toEqual(new Set(leftOff));
    expect(ofLeftOff.filter(({ state }) => state === 'passed')).toEqual([]);
  });
});
