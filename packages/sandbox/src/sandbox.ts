import { htmlAnswer, jsonAnswer, type SandboxAnswer, type SandboxRequest } from './answer.js';
import { handleApi } from './api.js';
import { handleControl } from './control.js';
import { Core } from './core.js';
import { handleDashboard } from './dashboard/dashboard-door.js';
import type { DeliveryReport, WebhookPost } from './delivery-queue.js';
import type { Faults } from './faults.js';
import type { Journal, JournalEntry } from './journal.js';
import { KnownHosts, unknownHost } from './known-hosts.js';
import { handlePage } from './page-door.js';
import { escapeHtml, sandboxPage } from './pages/layout.js';
import { resources } from './resources/index.js';
import { defaultVersion } from './versions.js';

export interface SandboxSettings {
  /** The address it is reached at, for hosted pages; a server sets it once it listens. */
  readonly baseUrl?: string;
  /** Further names and addresses it may be asked by; localhost, loopback and the host of `baseUrl` are known anyhow. */
  readonly hosts?: readonly string[];
  /** The version of callers and endpoints that name none. */
  readonly defaultVersion?: string;
  /** Seconds between the tries of a webhook; as many retries as numbers. Stripe publishes no intervals. */
  readonly webhookRetryDelaysSeconds?: { readonly live?: readonly number[]; readonly test?: readonly number[] };
  /** By how much search lags behind writes, in seconds of the account's clock; 30 when left out. */
  readonly searchLagSeconds?: number;
}

export interface SandboxOptions {
  /** Machine time in milliseconds. */
  readonly now: () => number;
  /** A seeded number in [0, 1): ids and chance come from it alone. */
  readonly random: () => number;
  readonly journal?: Journal;
  readonly settings?: SandboxSettings;
}

export interface Sandbox {
  /** Does the whole request at once. A delayed answer is marked, not waited for. */
  handle(request: SandboxRequest): SandboxAnswer;
  readonly deliveries: {
    /** Webhooks to post at `nowMs`, signed for that moment. Each must be reported. */
    due(nowMs: number): WebhookPost[];
    report(id: string, report: DeliveryReport): void;
    nextAtMs(): number | undefined;
    isQuiet(): boolean;
  };
  /** Does what Stripe does by itself when time has passed. */
  tick(nowMs: number): void;
  /** Machine time of the next thing a tick would do. */
  nextDueMs(): number | undefined;
  readonly faults: Faults;
  setBaseUrl(baseUrl: string): void;
  /** Whether a request with this `Host` is one to this sandbox. */
  isKnownHost(header: string): boolean;
  /** What `stripe listen` needs of the engine. */
  readonly core: Core;
  /** Brings back journal entries; before the first request, and `restored` after the last. */
  restore(entry: JournalEntry): void;
  restored(): void;
  snapshot(): Iterable<JournalEntry>;
}

/** Three days for live endpoints and a few hours for the rest: https://docs.stripe.com/webhooks#retries */
const retryDelays = {
  live: [60, 300, 1_800, 7_200, 18_000, 36_000, 43_200, 43_200, 43_200, 43_200],
  test: [60, 1_800, 7_200],
};

/** Stripe's is below a minute normally: https://docs.stripe.com/search#data-freshness */
const searchLagDefaultSeconds = 30;

/** A Stripe in memory: no sockets, no timers, the same answers for the same seed, clock and requests. */
export const createSandbox = (options: SandboxOptions): Sandbox => {
  const { settings = {} } = options;
  const core = new Core({
    now: options.now,
    random: options.random,
    journal: options.journal,
    resources,
    baseUrl: settings.baseUrl ?? 'http://127.0.0.1:4410',
    defaultVersion: settings.defaultVersion ?? defaultVersion,
    retryDelaysSeconds: { ...retryDelays, ...settings.webhookRetryDelaysSeconds },
    searchLagSeconds: settings.searchLagSeconds ?? searchLagDefaultSeconds,
  });
  const hosts = new KnownHosts(settings.hosts ?? []);
  const isKnownHost = (header: string): boolean => hosts.has(header, core.baseUrl);
  return {
    handle: (request) => handle(core, request, isKnownHost),
    isKnownHost,
    deliveries: {
      due: (nowMs) => core.deliveryQueue.due(nowMs),
      report: (id, report) => core.deliveryQueue.report(id, report),
      nextAtMs: () => core.deliveryQueue.nextAtMs(),
      isQuiet: () => core.deliveryQueue.isQuiet(),
    },
    tick: () => core.tick(),
    nextDueMs: () => core.nextDueMs(),
    faults: core.faults,
    setBaseUrl: (baseUrl) => {
      core.baseUrl = baseUrl;
    },
    core,
    restore: (entry) => core.restore(entry),
    restored: () => core.restored(),
    snapshot: () => core.snapshot(),
  };
};

/** Whatever is sent, an answer of Stripe's shape comes back and the sandbox goes on. */
const handle = (core: Core, request: SandboxRequest, isKnownHost: (header: string) => boolean): SandboxAnswer => {
  const path = request.url.split('?')[0] ?? '';
  try {
    const { host = '' } = request.headers;
    return isKnownHost(host) ? answerAt(core, request, path) : refusedHost(core, path, unknownHost(host));
  } catch (error) {
    const message = `The sandbox itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    return jsonAnswer(500, { error: { type: 'api_error', message } });
  }
};

/** In the form of what was asked for: a page where there would be one. */
const refusedHost = (core: Core, path: string, message: string): SandboxAnswer => {
  const isPage = path === '/' || path.startsWith('/dashboard/') || core.pages.find('GET', path) !== undefined;
  if (isPage) return htmlAnswer(403, sandboxPage('Not possible', `<p>${escapeHtml(message)}</p>`));
  return jsonAnswer(403, { error: { type: 'invalid_request_error', message } });
};

const answerAt = (core: Core, request: SandboxRequest, path: string): SandboxAnswer => {
  if (path.startsWith('/v1/') || path.startsWith('/v2/')) return handleApi(core, request);
  if (path === '/' || path === '/_sandbox' || path.startsWith('/_sandbox/')) return handleControl(core, request);
  if (path.startsWith('/dashboard/')) return handleDashboard(core, request);
  return handlePage(core, request) ?? handleApi(core, request);
};
