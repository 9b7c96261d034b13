import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { contract } from '../contract/contract.js';
import { type SandboxServer, startSandboxServer } from '../server.js';
import { ContractCheck, isOfApi } from './contract-misfits.js';
import { watchEvents } from './event-watch.js';
import { listeningClient } from './listening-client.js';
import { stripeTarget } from './stripe-target.js';
import type { CallAnswer, CallOptions, RunningOptions, RunningSandbox } from './tested-stripe.js';

export type { CallAnswer, CallOptions, RunningOptions, RunningSandbox } from './tested-stripe.js';

/** With `STRIPE_TEST_KEY` in the environment the tests run against Stripe itself, as far as Stripe lets them. */
export const runSandbox = async (
  options: RunningOptions = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<RunningSandbox> => {
  const target = stripeTarget(environment);
  if (target === null) return runOwnSandbox(options);
  // What it stands on is there in tests only.
  const { runAtStripe } = await import('./at-stripe.js');
  return runAtStripe(target, options);
};

/** What it stands on is there in tests only. */
const skipAtStripe = async (why: string): Promise<void> => (await import('./at-stripe.js')).skipped(why);

const runOwnSandbox = async (options: RunningOptions): Promise<RunningSandbox> => {
  const server = await startSandboxServer({
    port: 0,
    random: seeded(options.seed ?? 1),
    onFailure: (error) => {
      throw error;
    },
    ...(options.now === undefined ? {} : { now: options.now }),
    ...(options.settings === undefined ? {} : { settings: options.settings }),
    ...(options.dataFolder === undefined ? {} : { dataFolder: options.dataFolder }),
  });
  const check = new ContractCheck();
  const watch = watchEvents(server.sandbox, check);
  const heard = new Set<string>();
  /** What others than the SDK were answered, such as the CLI and the pages, is in the log alone. */
  const lookAtLog = (): void => {
    watch.look();
    for (const account of server.sandbox.core.accounts.values()) {
      for (const { id, answer, ...record } of account.requests) {
        if (record.status === 0 || heard.has(id)) continue;
        heard.add(id);
        check.look({ ...record, content: JSON.parse(answer) });
      }
    }
  };
  const control: RunningSandbox['control'] = async (method, path, body) => {
    if (path === 'events' && method === 'POST') check.excuse(String((body as { type?: unknown }).type));
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    return (await fetch(`${server.url}/_sandbox/${path}`, init)).json();
  };
  return {
    server,
    stripe: (key, config = {}) =>
      new Stripe(key, {
        host: '127.0.0.1',
        port: server.port,
        protocol: 'http',
        maxNetworkRetries: 0,
        telemetry: false,
        httpClient: listeningClient({
          hear: (answer) => {
            heard.add(answer.requestId);
            check.look(answer);
          },
          agent: config.httpAgent,
        }),
        ...config,
      }),
    call: async (method, path, call = {}) => {
      const answer = await send(server, method, path, call);
      if (!isOfApi(path)) return answer;
      heard.add(answer.headers.get('request-id') ?? '');
      const version = answer.headers.get('stripe-version') ?? contract.version;
      check.look({ method, url: path, status: answer.status, version, content: answer.body });
      return answer;
    },
    control,
    usageCounted: (key) => control('POST', 'clock', { key, advance_seconds: usageSeconds }),
    steers: () => undefined,
    page: (url, form) => fetch(url, pageRequest(form)),
    clearFaults: () => server.sandbox.faults.clear(),
    contractMisfits: () => {
      lookAtLog();
      return check.misfits();
    },
    close: async () => {
      await server.close();
      lookAtLog();
      check.end();
    },
  };
};

/** Usage counts up to ten of the account's seconds after it came. */
const usageSeconds = 60;

/** What a browser would send: a form by post, and no redirect is followed. */
const pageRequest = (form: Readonly<Record<string, string>> | undefined): RequestInit =>
  form === undefined ? { redirect: 'manual' } : { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' };

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const send = async (server: SandboxServer, method: string, path: string, options: CallOptions): Promise<CallAnswer> => {
  const headers = {
    ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
    ...(options.body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    ...options.headers,
  };
  const init = options.body === undefined ? { method, headers } : { method, headers, body: options.body };
  const answer = await fetch(`${server.url}${path}`, init);
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as CallAnswer['body'] };
};

export interface ReceivedWebhook {
  readonly signature: string;
  readonly body: string;
  readonly path: string;
}

export interface WebhookReceiver {
  readonly url: string;
  readonly received: readonly ReceivedWebhook[];
  /** Answers with these statuses in turn, then 200. */
  answerWith(...statuses: number[]): void;
  /** Resolves once so many arrived in all. */
  arrived(count: number): Promise<readonly ReceivedWebhook[]>;
  close(): Promise<void>;
}

/** Somebody's webhook route on this machine. */
export const startReceiver = async (): Promise<WebhookReceiver> => {
  if (stripeTarget(process.env) !== null) await skipAtStripe('has webhooks sent to this machine');
  const received: ReceivedWebhook[] = [];
  const statuses: number[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const http: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ signature: String(request.headers['stripe-signature']), body, path: request.url ?? '' });
      response.writeHead(statuses.shift() ?? 200, { location: '/elsewhere' }).end();
      for (const one of waiting) if (received.length >= one.count) one.resolve();
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/webhooks`,
    received,
    answerWith: (...next) => statuses.push(...next),
    arrived: async (count) => {
      if (received.length < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }));
      return received;
    },
    close: () =>
      new Promise((resolve) => {
        http.closeAllConnections();
        http.close(() => resolve());
      }),
  };
};
