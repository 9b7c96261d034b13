import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Stripe from 'stripe';
import { type SandboxServer, startSandboxServer } from '../server.js';
import { type Outcome, outcomesVariable } from './outcome-reporter.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const folder = fileURLToPath(new URL('../../', import.meta.url));
const reporter = fileURLToPath(new URL(`./outcome-reporter${extname(import.meta.url)}`, import.meta.url));
/** For what hangs. */
const runMsMax = 600_000;
const key = 'sk_test_given';
const outputBytesMax = 16 * 1024 * 1024;

export interface Tried {
  readonly outcomes: readonly Outcome[];
  /** What is still in the account, by what an account may have few of. */
  readonly left: Readonly<Record<string, number>>;
}

/** Runs files of tests as somebody with a key of Stripe would, with a sandbox in Stripe's place. */
export const triedAtStripe = async (files: readonly string[]): Promise<Tried> => {
  const standIn = await startSandboxServer({ port: 0 });
  const output = mkdtempSync(join(tmpdir(), 'at-stripe-'));
  const outcomes = join(output, 'outcomes.json');
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const words = [vitest, 'run', ...files.map((file) => folder + file), '--maxWorkers=1', `--reporter=${reporter}`];
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    STRIPE_TEST_KEY: key,
    STRIPE_TEST_API_BASE: standIn.url,
    [outcomesVariable]: outcomes,
  };
  const options = { cwd: root, env, timeout: runMsMax, maxBuffer: outputBytesMax };
  try {
    // It ends with 1 when a test failed, which the outcomes say, too.
    const printed = await new Promise<string>((resolve) =>
      execFile(process.execPath, words, options, (_error, out, errors) => resolve(`${out}${errors}`)),
    );
    return { outcomes: outcomesIn(outcomes, printed), left: await leftIn(standIn) };
  } finally {
    rmSync(output, { recursive: true, force: true });
    await standIn.close();
  }
};

const leftIn = async ({ port }: SandboxServer): Promise<Tried['left']> => {
  const stripe = new Stripe(key, { host: '127.0.0.1', port, protocol: 'http', telemetry: false });
  const limit = 100;
  return {
    clocks: (await stripe.testHelpers.testClocks.list({ limit })).data.length,
    coupons: (await stripe.coupons.list({ limit })).data.length,
    codes: (await stripe.promotionCodes.list({ active: true, limit })).data.length,
    destinations: (await stripe.v2.core.eventDestinations.list({ limit })).data.length,
    endpoints: (await stripe.webhookEndpoints.list({ limit })).data.length,
    meters: (await stripe.billing.meters.list({ status: 'active', limit })).data.length,
    taxIds: (await stripe.taxIds.list({ limit })).data.length,
  };
};

const outcomesIn = (path: string, printed: string): readonly Outcome[] => {
  try {
    const found = JSON.parse(readFileSync(path, 'utf8')) as Outcome[];
    return found.map((outcome) => ({ ...outcome, file: outcome.file.slice(folder.length) }));
  } catch (error) {
    throw new Error(`The tests left no outcomes: ${printed}`, { cause: error });
  }
};
