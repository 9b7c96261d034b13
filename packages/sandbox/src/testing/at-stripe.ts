import Stripe from 'stripe';
import { TestRunner } from 'vitest';
import { contract } from '../contract/contract.js';
import { ContractCheck } from './contract-misfits.js';
import { listeningClient } from './listening-client.js';
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
  const account: { name?: string } = {};
  return {
    get server(): never {
      return skipped('steers the sandbox from inside');
    },
    stripe: (key, config = {}) =>
      new Stripe(realKeyOf(key, account, target), {
        ...target.base,
        maxNetworkRetries: 2,
        telemetry: false,
        // What Stripe shows to older versions differs in more than the sandbox knows of.
        httpClient: listeningClient((answer) => {
          if (answer.status !== 200 || answer.version === contract.version) check.look(answer);
        }),
        ...config,
      }),
    call: (method, path, options = {}) => call(target, account, { method, path, options }),
    control: async () => skipped('steers the sandbox'),
    steers: (why) => skipped(why),
    clearFaults: () => undefined,
    contractMisfits: () => check.misfits(),
    close: async () => undefined,
  };
};

/** Ends the test that runs, as skipped. Outside of one nothing can be skipped, and the file is not for Stripe. */
export const skipped = (why: string): never => {
  const current = TestRunner.getCurrentTest();
  if (current === undefined)
    throw new Error(`This file of tests cannot run against Stripe: it ${why} before its tests.`);
  return current.context.skip(`It ${why}.`);
};

/** The first account a file names is the one there is. Keys that are to be refused go as they are; there is no live one. */
const realKeyOf = (key: string, account: { name?: string }, target: StripeTarget): string => {
  if (!key.startsWith('sk_test_')) return skipped('needs a key of another kind');
  if (/^sk_test_(reserved|revoked)_/.test(key)) return key;
  account.name ??= key;
  return account.name === key ? target.key : skipped('needs a second account');
};

interface RawCall {
  readonly method: string;
  readonly path: string;
  readonly options: CallOptions;
}

const call = async (
  target: StripeTarget,
  account: { name?: string },
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
