import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { contract } from '../contract/contract.js';
import { answerMisfits } from '../contract/response-check.js';
import { Router } from '../router.js';
import type { SandboxSettings } from '../sandbox.js';
import { type SandboxServer, startSandboxServer } from '../server.js';

/** A sandbox behind HTTP on a free port, and what contract tests need around it. */
export interface RunningSandbox {
  readonly server: SandboxServer;
  /** The official SDK with a key of its own; retries are off, so that a test sees each answer. */
  stripe(key: string, config?: ConstructorParameters<typeof Stripe>[1]): Stripe;
  /** One raw call, for what the SDK cannot say. */
  call(method: string, path: string, options?: CallOptions): Promise<CallAnswer>;
  /** The control API. */
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  /** What answers so far do not fit the contract, with their requests; empty when all do. */
  contractMisfits(): string[];
  close(): Promise<void>;
}

export interface CallOptions {
  readonly key?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CallAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>> & { readonly error?: Readonly<Record<string, unknown>> };
}

export interface RunningOptions {
  readonly settings?: SandboxSettings;
  readonly now?: () => number;
  readonly seed?: number;
  readonly dataFolder?: string;
}

export const runSandbox = async (options: RunningOptions = {}): Promise<RunningSandbox> => {
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
  return {
    server,
    stripe: (key, config = {}) =>
      new Stripe(key, {
        host: '127.0.0.1',
        port: server.port,
        protocol: 'http',
        maxNetworkRetries: 0,
        telemetry: false,
        ...config,
      }),
    call: (method, path, call = {}) => send(server, method, path, call),
    control: async (method, path, body) => {
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
      return (await fetch(`${server.url}/_sandbox/${path}`, init)).json();
    },
    contractMisfits: () => contractMisfits(server),
    close: () => server.close(),
  };
};

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

const operations = new Router<string>();
for (const operation of Object.keys(contract.operations)) operations.add(operation.replaceAll('*', ':any'), operation);

/** Looks at the request log: answers of the contract's own version only, since older ones have other shapes. */
const contractMisfits = (server: SandboxServer): string[] => {
  const found: string[] = [];
  for (const account of server.sandbox.core.accounts.values()) {
    for (const request of account.requests) {
      if (request.status !== 200 || request.version !== contract.version) continue;
      const operation = operations.find(request.method, request.url.split('?')[0] ?? '')?.value;
      if (operation === undefined) continue;
      for (const misfit of answerMisfits(operation, JSON.parse(request.answer))) found.push(`${operation}: ${misfit}`);
    }
  }
  return found;
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
