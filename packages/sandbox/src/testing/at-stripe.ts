import Stripe from 'stripe';
import { getCurrentTest } from 'vitest/suite';
import { contract } from '../contract/contract.js';
import { misfitsOf } from './contract-misfits.js';
import type { CallAnswer, CallOptions, RunningOptions, RunningSandbox } from './running-sandbox.js';
import type { StripeTarget } from './stripe-target.js';

/** More answers than any file of tests asks for. */
const answersMax = 10_000;

interface Answered {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly version: string;
  readonly answer: string;
}

/**
 * The same tests against Stripe itself, with the one account there is. What steers the sandbox, and what needs an account or
 * a mode of its own, is skipped by the test that asks for it, with the reason.
 */
export const runAtStripe = (target: StripeTarget, options: RunningOptions): RunningSandbox => {
  const { dataFolder, now, settings } = options;
  // A file whose clock is its own may hold tests that never move it; those that do say so.
  const isOfOneTest = now !== undefined && getCurrentTest() !== undefined;
  if (isOfOneTest || dataFolder !== undefined || settings !== undefined) skipped('sets up a sandbox of its own');
  const answers: Answered[] = [];
  const account: { name?: string } = {};
  const recordingFetch: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init);
    const url = new URL(input instanceof Request ? input.url : input);
    const text = await answer.clone().text();
    if (answers.length < answersMax) answers.push(answeredOf(url, init?.method ?? 'GET', answer, text));
    return answer;
  };
  return {
    get server(): never {
      return skipped('steers the sandbox from inside');
    },
    stripe: (key, config = {}) =>
      new Stripe(realKeyOf(key, account, target), {
        ...target.base,
        maxNetworkRetries: 2,
        telemetry: false,
        httpClient: Stripe.createFetchHttpClient(recordingFetch),
        ...config,
      }),
    call: (method, path, options = {}) => call(target, account, { method, path, options }),
    control: async () => skipped('steers the sandbox'),
    steers: (why) => skipped(why),
    clearFaults: () => undefined,
    contractMisfits: () => misfitsOf(answers.splice(0)),
    close: async () => undefined,
  };
};

/** Ends the test that runs, as skipped. Outside of one nothing can be skipped, and the file is not for Stripe. */
export const skipped = (why: string): never => {
  const test = getCurrentTest();
  if (test === undefined) throw new Error(`This file of tests cannot run against Stripe: it ${why} before its tests.`);
  return test.context.skip(`It ${why}.`);
};

const answeredOf = (url: URL, method: string, { status, headers }: Response, answer: string): Answered => ({
  method,
  url: url.pathname,
  status,
  version: headers.get('stripe-version') ?? contract.version,
  answer,
});

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
