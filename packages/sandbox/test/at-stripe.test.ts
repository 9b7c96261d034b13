import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SandboxServer, startSandboxServer } from '../src/server.js';
import { runSandbox } from '../src/testing/running-sandbox.js';
import { stripeTarget } from '../src/testing/stripe-target.js';

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

interface Report {
  readonly numFailedTests: number;
  readonly numPassedTests: number;
  readonly numPendingTests: number;
}

/** Runs a file of tests as somebody with a key would. */
const runTests = async (...files: string[]): Promise<{ report: Report; text: string }> => {
  const folder = mkdtempSync(join(tmpdir(), 'at-stripe-'));
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const out = join(folder, 'report.json');
  const reporters = ['--reporter=json', `--outputFile=${out}`, '--reporter=verbose'];
  const paths = files.map((file) => fileURLToPath(new URL(`../${file}`, import.meta.url)));
  const words = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...paths, '--maxWorkers=1', ...reporters];
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...environment(), NO_COLOR: '1' };
  try {
    const text = await new Promise<string>((resolve) => {
      execFile(process.execPath, words, { cwd: root, env, timeout: 80_000 }, (_error, printed) => resolve(printed));
    });
    return { report: JSON.parse(readFileSync(out, 'utf8')) as Report, text };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

test('a file runs with the key that is given: what steers a sandbox is skipped with its reason, the rest passes', async () => {
  const { report, text } = await runTests('src/resources/products/prices.test.ts', 'test/behaviours-requests.test.ts');
  expect({ failed: report.numFailedTests, text: report.numFailedTests === 0 ? '' : text }).toEqual({
    failed: 0,
    text: '',
  });
  expect(report.numPassedTests).toBeGreaterThanOrEqual(12);
  expect(report.numPendingTests).toBeGreaterThan(3);
  expect(text).toContain('It steers the sandbox.');
  expect(text).toContain('It needs a second account.');
});
