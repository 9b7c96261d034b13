import Stripe from 'stripe';
import { TestRunner } from 'vitest';
import { contract } from '../contract/contract.js';
import { ContractCheck } from './contract-misfits.js';
import { Leftovers } from './leftovers.js';
import { listeningClient } from './listening-client.js';
import { Patience } from './patience.js';
import type { StripeTarget } from './stripe-target.js';
import type { CallAnswer, CallOptions, RunningOptions, RunningSandbox } from './tested-stripe.js';

/**
 * The same tests against Stripe itself, with the one account there is. What steers the sandbox, and what needs an account or
 * a mode of its own, is skipped by the test that asks for it, with the reason.
 */
export const runAtStripe = (target: StripeTarget, options: RunningOptions): RunningSandbox => {
  const { dataFolder, now, settings } = options;
  // A file whose clock is its own may hold tests that never move it; those that do say so.
  const isOfOneTest = now !== undefined && TestRunner.getCurrentTest() !== undefined;
  if (isOfOneTest || dataFolder !== undefined || settings !== undefined) skipped('sets up a sandbox of its own');
  const check = new ContractCheck();
  const account = new OneAccount();
  const patience = new Patience(target.pauses);
  const turn = (method: string, path: string): Promise<void> => patience.turn(method, path);
  const leftovers = new Leftovers(
    new Stripe(target.key, {
      ...target.base,
      telemetry: false,
      httpClient: listeningClient({ hear: () => undefined, turn }),
    }),
  );
  return {
    get server(): never {
      return skipped('steers the sandbox from inside');
    },
    stripe: (key, config = {}) =>
      new Stripe(realKeyOf(key, account, target), {
        ...target.base,
        maxNetworkRetries: 2,
        telemetry: false,
        httpClient: listeningClient({
          turn,
          hear: (answer) => {
            leftovers.look(answer);
            // What Stripe shows to older versions differs in more than the sandbox knows of.
            if (answer.status !== 200 || answer.version === contract.version) check.look(answer);
          },
        }),
        ...config,
      }),
    call: async (method, path, options = {}) => {
      await patience.turn(method, path);
      const answer = await call(target, account, { method, path, options });
      leftovers.look({ method, url: path, status: answer.status, content: answer.body });
      return answer;
    },
    control: async (_method, path) => skipped(steeringOf(path)),
    steers: (why) => skipped(why),
    page: async () => skipped('opens a hosted page, which at Stripe is for people'),
    // The pace of the requests sees to it.
    usageCounted: async () => undefined,
    clearFaults: () => undefined,
    contractMisfits: () => check.misfits(),
    close: () => leftovers.end(),
  };
};

/** What a call of the control API is for, as the reason of a test that is skipped. */
const steeringOf = (path: string): string => {
  const name = path.split(/[/?]/)[0] ?? '';
  return steerings[name] ?? `steers the sandbox (${name})`;
};

const steerings: Readonly<Record<string, string>> = {
  accounts: 'sets what the account is set to, or looks at it',
  applications: 'makes an application of the sandbox',
  capabilities: 'decides as somebody at Stripe would',
  clock: "moves the account's clock",
  collection: 'sets how invoices are collected',
  connections: 'connects accounts',
  disputes: 'decides as a bank would',
  faults: 'breaks something on purpose',
  keys: 'makes, restricts or revokes keys',
  rate_limits: 'switches limits on',
  requirements: 'asks for something as Stripe would',
  rolled_keys: 'rolls a key',
  search: 'sets how late search is',
  settlement: 'sets in which currency is settled',
  webhook_secrets: 'rolls a signing secret',
};

/** Ends the test that runs, as skipped. Outside of one nothing can be skipped, and the file is not for Stripe. */
export const skipped = (why: string): never => {
  const current = TestRunner.getCurrentTest();
  if (current === undefined)
    throw new Error(`This file of tests cannot run against Stripe: it ${why} before its tests.`);
  return current.context.skip(`It ${why}.`);
};

/** Keys that are to be refused go as they are; there is no live one. */
const realKeyOf = (key: string, account: OneAccount, target: StripeTarget): string => {
  if (!key.startsWith('sk_test_')) return skipped('needs a key of another kind');
  if (/^sk_test_(reserved|revoked)_/.test(key)) return key;
  return account.isOf(key) ? target.key : skipped('needs a second account');
};

/** Which of the accounts that tests name is the one there is: the first of the file, or of a test where each has its own. */
class OneAccount {
  #ofFile: string | undefined;
  readonly #ofTests = new WeakMap<object, string>();

  isOf(key: string): boolean {
    const test = TestRunner.getCurrentTest();
    if (test === undefined) this.#ofFile ??= key;
    const known = this.#ofFile ?? (test === undefined ? undefined : this.#ofTests.get(test));
    if (known === undefined && test !== undefined) this.#ofTests.set(test, key);
    return (known ?? key) === key;
  }
}

interface RawCall {
  readonly method: string;
  readonly path: string;
  readonly options: CallOptions;
}

const call = async (
  target: StripeTarget,
  account: OneAccount,
  { method, path, options }: RawCall,
): Promise<CallAnswer> => {
  const { host, port, protocol } = target.base;
  const key = options.key === undefined ? undefined : realKeyOf(options.key, account, target);
  const headers = {
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(options.body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    ...options.headers,
  };
  const init = options.body === undefined ? { method, headers } : { method, headers, body: options.body };
  const answer = await fetch(`${protocol}://${host}:${port}${path}`, init);
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as CallAnswer['body'] };
};
