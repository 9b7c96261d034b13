import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type RunningSandbox,
  runSandbox,
  startReceiver,
  type WebhookReceiver,
} from '../src/testing/running-sandbox.js';

// The official CLI, unmodified. Besides Stripe's own hosts it takes http://127.0.0.1 alone as --api-base.

const program = fileURLToPath(new URL('../../../node_modules/.bin/stripe', import.meta.url));
const key = 'sk_test_officialcli';

let sandbox: RunningSandbox;
let receiver: WebhookReceiver;
let home: string;
let listener: ChildProcess;
let printed = '';

const environment = (): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, HOME: home, STRIPE_CLI_TELEMETRY_OPTOUT: '1' });

const stripeCli = async (...words: string[]): Promise<string> => {
  const fixed = ['--api-base', sandbox.server.url, '--api-key', key];
  return (await promisify(execFile)(program, [...words, ...fixed], { env: environment(), timeout: 15_000 })).stdout;
};

interface Listening {
  readonly process: ChildProcess;
  readonly printed: string;
}

/** Starts `stripe listen` and resolves once it says that it is ready. */
const listen = (kind: string, forwardTo: string): Promise<Listening> => {
  const words = ['listen', kind, '--skip-update', '--forward-to', forwardTo];
  // A group of its own: what npm installs as `stripe` starts the program itself, which would outlive it.
  const child = spawn(program, [...words, '--api-base', sandbox.server.url, '--api-key', key], {
    env: environment(),
    detached: true,
  });
  let output = '';
  return new Promise((resolve, reject) => {
    const look = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes('Ready!')) resolve({ process: child, printed: output });
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.on('exit', () => reject(new Error(`stripe listen ended: ${output}`)));
  });
};

function endGroupOf(child: ChildProcess | undefined): void {
  child?.removeAllListeners('exit');
  if (child?.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'stripe-cli-'));
  sandbox = await runSandbox();
  receiver = await startReceiver();
  ({ process: listener, printed } = await listen('--all-snapshot', receiver.url));
});

afterAll(async () => {
  endGroupOf(listener);
  await receiver?.close();
  await sandbox?.close();
  rmSync(home, { recursive: true, force: true });
});

test('stripe listen forwards events so that the SDK verifies them by the secret it printed', async () => {
  const secret = /whsec_\w+/.exec(printed)?.[0] ?? '';
  const stripe = sandbox.stripe(key);
  const customer = await stripe.customers.create({ name: 'Zoë' });
  const [{ body, signature } = { body: '', signature: '' }] = await receiver.arrived(1);
  const event = stripe.webhooks.constructEvent(body, signature, secret);
  expect([event.type, (event.data.object as Stripe.Customer).id]).toEqual(['customer.created', customer.id]);
  expect((await stripeCli('listen', '--print-secret')).trim()).toBe(secret);
});

test('stripe trigger makes its objects and its event arrives', async () => {
  expect(await stripeCli('trigger', 'customer.updated')).toContain('Trigger succeeded');
  const received = await receiver.arrived(3);
  expect(received.map((one) => JSON.parse(one.body).type)).toContain('customer.updated');
});

test('stripe events resend sends the same event again', async () => {
  const before = receiver.received.length;
  const [event] = (await sandbox.stripe(key).events.list()).data;
  await stripeCli('events', 'resend', event?.id ?? '');
  const received = await receiver.arrived(before + 1);
  expect(JSON.parse(received.at(-1)?.body ?? '{}').id).toBe(event?.id);
});

test('behaviour 29: stripe listen forwards thin events, and the SDK fetches what they leave out', async () => {
  const thinReceiver = await startReceiver();
  const thinListener = await listen('--all-thin', thinReceiver.url);
  try {
    const stripe = sandbox.stripe(key);
    const customer = await stripe.customers.create({ name: 'Thin' });
    const [{ body, signature } = { body: '', signature: '' }] = await thinReceiver.arrived(1);
    const notification = stripe.parseEventNotification(
      body,
      signature,
      /whsec_\w+/.exec(thinListener.printed)?.[0] ?? '',
    );
    if (notification.type !== 'v1.customer.created') throw new Error(`It is a ${notification.type}.`);
    expect(await notification.fetchRelatedObject()).toMatchObject({ id: customer.id, name: 'Thin' });
  } finally {
    endGroupOf(thinListener.process);
    await thinReceiver.close();
  }
});
