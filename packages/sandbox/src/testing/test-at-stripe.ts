import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { filesForStripe } from './stripe-files.js';
import { stripeTarget } from './stripe-target.js';

// The program: `STRIPE_TEST_KEY=sk_test_… npm run sandbox:at-stripe`. Looks at the key before anything runs.

const folder = fileURLToPath(new URL('../../', import.meta.url));
const vitest = fileURLToPath(new URL('../../../../node_modules/vitest/vitest.mjs', import.meta.url));

const target = stripeTarget(process.env);
if (target === null) throw new Error('Set STRIPE_TEST_KEY to a key of test mode.');
process.stdout.write(`Contract tests against ${target.base.host}\n`);
const files = filesForStripe.map((file) => folder + file);
// One file after the other: there is one account, and Stripe limits what is asked of it.
// Its test clocks take many seconds for what a sandbox does in a few milliseconds.
const patience = ['--testTimeout=1200000', '--hookTimeout=600000'];
const words = [vitest, 'run', ...files, '--maxWorkers=1', '--reporter=verbose', ...patience];
const root = fileURLToPath(new URL('../../../../', import.meta.url));
process.exitCode = spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit' }).status ?? 1;
