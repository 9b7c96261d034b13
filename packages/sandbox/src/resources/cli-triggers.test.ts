import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../testing/running-sandbox.js';

const cli = fileURLToPath(new URL('../../../../node_modules/.bin/stripe', import.meta.url));
const key = 'sk_test_triggers123';
const triggerMsMax = 30_000;

let sandbox: RunningSandbox;

beforeAll(async () => {
  sandbox = await runSandbox();
});
afterAll(() => sandbox.close());

it.each([
  'billing_portal.configuration.created',
  'coupon.updated',
  'customer.created',
  'payment_intent.succeeded',
  'charge.dispute.created',
  'checkout.session.completed',
  'customer.subscription.created',
  'customer.subscription.deleted',
  'customer.subscription.updated',
  'invoice.payment_failed',
  'invoice.payment_succeeded',
])(
  'the official CLI triggers %s with the fixtures inside it',
  async (type) => {
    const flags = ['--api-base', sandbox.server.url, '--api-key', key];
    const env = { ...process.env, STRIPE_CLI_TELEMETRY_OPTOUT: '1' };
    await promisify(execFile)(cli, ['trigger', type, ...flags], { env, timeout: triggerMsMax });
    expect((await sandbox.stripe(key).events.list({ type })).data).not.toHaveLength(0);
    expect(sandbox.contractMisfits()).toEqual([]);
  },
  triggerMsMax,
);
