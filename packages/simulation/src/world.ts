import { formatId, ID_RANDOM_BYTES } from '@tollbridge/core';
import { createSandbox, type Sandbox } from '@tollbridge/sandbox';
import { buildApp } from '@tollbridge/server/api/app';
import { bootstrap } from '@tollbridge/server/bootstrap';
import type { Context } from '@tollbridge/server/context';
import { JOB_BURIALS, JOB_HANDLERS } from '@tollbridge/server/effects/index';
import { JobsUnderWay } from '@tollbridge/server/jobs/jobs-under-way';
import { renewLeases } from '@tollbridge/server/jobs/lease';
import { registerJobHandlers } from '@tollbridge/server/jobs/run-job';
import { silentLog } from '@tollbridge/server/log';
import { SCHEDULES } from '@tollbridge/server/schedules/index';
import { runDueSchedules } from '@tollbridge/server/schedules/schedule';
import { openSecretBox } from '@tollbridge/server/secret-box';
import type { Database } from '@tollbridge/server/store/database';
import { gathered } from '@tollbridge/server/store/gathered';
import { openStripeGateway } from '@tollbridge/server/stripe/open-gateway';
import { registerStripeEventHandlers } from '@tollbridge/server/stripe-event-handlers';
import { STRIPE_EVENT_HANDLERS } from '@tollbridge/server/stripe-events/index';
import { workOnce } from '@tollbridge/server/worker';
import type { FastifyInstance, InjectOptions } from 'fastify';
import Stripe from 'stripe';
import { ManualClock } from './manual-clock.js';
import { RecordingHosts } from './recording-hosts.js';
import { type Gate, openGate, type SandboxClientOptions, SandboxHttpClient } from './sandbox-client.js';
import { SeededRandom } from './seeded-random.js';
import { type DatabaseKind, emptyDatabase, testDatabase } from './test-databases.js';

export interface WorldOptions {
  readonly database: DatabaseKind;
  readonly seed?: number;
  /** Where the story begins; the clock stands still until it is moved. */
  readonly startsAt?: string;
}

export interface RequestOptions {
  /** A secret key other than the world's first one; null sends none. */
  readonly key?: string | null;
  readonly idempotencyKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly body: Body;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A JSON answer as a test reads it: what `JSON.parse` gives, whose shape the assertions check. */
export type Body = ReturnType<typeof JSON.parse>;

export const PUBLIC_URL = 'http://127.0.0.1:4400';
const SANDBOX_URL = 'http://127.0.0.1:4410';
const STEPS_MAX = 2_000;

/**
 * The whole program inside one process: the real server, worker, store and SDK, a real sandbox, and a clock that only
 * the story moves. Nothing is mocked but the clock, the ids and the network between the parts.
 */
export class World {
  readonly clock: ManualClock;
  readonly random: SeededRandom;
  readonly hosts: RecordingHosts;
  readonly sandbox: Sandbox;
  readonly context: Context;
  readonly app: FastifyInstance;
  /** The secret key of the test environment that the first start made. */
  readonly secretKey: string;
  /** False: pushed events are lost, as where Stripe cannot reach a laptop. */
  pushReaches = true;
  readonly #spawned: Set<Promise<void>>;
  readonly #asked: Asked;

  private constructor(parts: WorldParts) {
    this.clock = parts.clock;
    this.random = parts.random;
    this.hosts = parts.hosts;
    this.sandbox = parts.sandbox;
    this.context = parts.context;
    this.app = parts.app;
    this.secretKey = parts.secretKey;
    this.#spawned = parts.spawned;
    this.#asked = parts.asked;
  }

  static async create(options: WorldOptions): Promise<World> {
    const asked: Asked = { statements: 0 };
    const database = await testDatabase(options.database);
    await emptyDatabase(database);
    const clock = new ManualClock(options.startsAt ?? '2027-03-01T09:00:00Z');
    const random = new SeededRandom(options.seed ?? 1);
    const sandbox = createSandbox({
      now: () => clock.machineNow(),
      random: random.next,
      settings: { baseUrl: SANDBOX_URL },
    });
    const hosts = new RecordingHosts();
    const spawned = new Set<Promise<void>>();
    const spawn: Context['spawn'] = (_name, work) => {
      const running = work().finally(() => spawned.delete(running));
      running.catch(() => {});
      spawned.add(running);
    };
    const outside = contextOf({ database: gathered(database), clock, random, sandbox, hosts, gate: openGate, spawn });
    // Watched from outside: who waits to be asked together with others has asked.
    const context = { ...outside, db: watched(outside.db, asked) };
    registerJobHandlers(JOB_HANDLERS, JOB_BURIALS);
    registerStripeEventHandlers(STRIPE_EVENT_HANDLERS);
    const secretKey = (await bootstrap(context)) ?? '';
    const app = await buildApp(context);
    return new World({ clock, random, sandbox, hosts, context, app, secretKey, spawned, asked });
  }

  /** One request over the real routes. Timers it waits for fire by moving the clock. */
  async request(method: string, path: string, body?: unknown, options: RequestOptions = {}): Promise<Reply> {
    const key = options.key === undefined ? this.secretKey : options.key;
    const inject: InjectOptions = {
      method: method as 'GET',
      url: path,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(options.idempotencyKey === undefined ? {} : { 'idempotency-key': options.idempotencyKey }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { payload: body as object }),
    };
    const response = await this.#pumped(this.app.inject(inject));
    const isJson = String(response.headers['content-type'] ?? '').includes('json');
    return {
      status: response.statusCode,
      body: (isJson ? response.json() : { text: response.body }) as Body,
      headers: response.headers,
    };
  }

  /** Works until nothing is due any more: jobs, ticks, Stripe's own work, and webhooks in both directions. */
  async quiet(): Promise<void> {
    for (let step = 0; step < STEPS_MAX; step++) {
      await this.#pumped(renewLeases(this.context));
      const ran = await this.#pumped(runDueSchedules(this.context, SCHEDULES));
      const started = await this.#pumped(workOnce(this.context));
      // What a request left in the background ends here, too, and may have made room for more.
      const ended = await this.#pumped(this.#spawnedWork());
      const told = await this.deliverStripeEvents();
      if (ran + started + ended + told === 0) return;
    }
    throw new Error(`the world did not come to rest within ${STEPS_MAX} steps`);
  }

  /** Moves the clock, then works until nothing is due. Long spans go in steps, so that what repeats does. */
  async advance(milliseconds: number, stepMilliseconds = milliseconds): Promise<void> {
    for (let left = milliseconds; left > 0; left -= stepMilliseconds) {
      this.clock.advance(Math.min(left, stepMilliseconds));
      await this.quiet();
    }
  }

  /** What Stripe does by itself, and its webhooks to us. Gives how many were sent. */
  async deliverStripeEvents(): Promise<number> {
    const now = this.clock.machineNow();
    this.sandbox.tick(now);
    const posts = this.sandbox.deliveries.due(now);
    for (const post of posts) {
      if (!this.pushReaches || !post.url.startsWith(PUBLIC_URL)) {
        this.sandbox.deliveries.report(post.id, { error: 'the address cannot be reached' });
        continue;
      }
      const url = post.url.slice(PUBLIC_URL.length);
      const response = await this.#pumped(
        this.app.inject({ method: 'POST', url, headers: { ...post.headers }, payload: post.body }),
      );
      this.sandbox.deliveries.report(post.id, { status: response.statusCode });
    }
    return posts.length;
  }

  /** The official SDK on the same sandbox: what an operator or a payer does at Stripe. */
  stripe(secretKey: string): Stripe {
    return new Stripe(secretKey, {
      httpClient: new SandboxHttpClient(this.sandbox),
      maxNetworkRetries: 0,
      telemetry: false,
    });
  }

  /** A request to the sandbox's hosted pages or its control address, as a browser or a script makes it. */
  visit(
    method: string,
    url: string,
    form?: Readonly<Record<string, string>>,
  ): { status: number; body: string; location: string | null } {
    const address = new URL(url, SANDBOX_URL);
    const answer = this.sandbox.handle({
      method,
      url: address.pathname + address.search,
      headers: form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' },
      body: form === undefined ? '' : new URLSearchParams(form).toString(),
    });
    if (answer.kind === 'cut') throw new Error('the connection was cut');
    return { status: answer.status, body: answer.body, location: answer.headers.location ?? null };
  }

  /** Connects the environment to an account of the sandbox by key, and gives the connection's card. */
  async connect(secretKey = 'sk_test_sandbox_world', more: Readonly<Record<string, unknown>> = {}): Promise<Body> {
    const reply = await this.request('POST', '/v1/connections', {
      mode: 'key',
      secret_key: secretKey,
      host: 'sandbox',
      ...more,
    });
    if (reply.status !== 201) throw new Error(`connecting answered ${reply.status}: ${JSON.stringify(reply.body)}`);
    await this.quiet();
    return reply.body;
  }

  async close(): Promise<void> {
    await this.app.close();
  }

  /** Gives how many pieces of work came to their end. */
  async #spawnedWork(): Promise<number> {
    let ended = 0;
    for (; this.#spawned.size > 0; ended += 1) await Promise.race(this.#spawned);
    return ended;
  }

  /** Waits for a promise; while only timers could move it on, and no statement is under way, moves the clock to the next. */
  async #pumped<T>(promise: PromiseLike<T>): Promise<T> {
    let settled = false;
    const marked = Promise.resolve(promise).finally(() => {
      settled = true;
    });
    marked.catch(() => {});
    for (let idleTurns = 0; !settled; idleTurns++) {
      await new Promise((resolve) => setImmediate(resolve));
      const timerAt = this.clock.nextTimerAt;
      if (this.#asked.statements > 0) idleTurns = 0;
      if (!settled && timerAt !== null && idleTurns > TURNS_BEFORE_TIMERS)
        this.clock.advance(Math.max(0, timerAt - this.clock.machineNow()));
    }
    return marked;
  }
}

/** Turns of the event loop in which nothing was asked of the database before the clock is moved for what waits. */
const TURNS_BEFORE_TIMERS = 50;

/** What the database is asked at present: real work, which no clock of ours may overtake. */
interface Asked {
  statements: number;
}

function watched(database: Database, asked: Asked): Database {
  const counted = async <T>(answer: Promise<T>): Promise<T> => {
    asked.statements += 1;
    try {
      return await answer;
    } finally {
      asked.statements -= 1;
    }
  };
  return {
    kind: database.kind,
    query: (statement) => counted(database.query(statement)),
    script: (sql) => counted(database.script(sql)),
    onWork: (wake) => database.onWork(wake),
    close: () => database.close(),
  };
}

interface WorldParts {
  readonly clock: ManualClock;
  readonly random: SeededRandom;
  readonly hosts: RecordingHosts;
  readonly sandbox: Sandbox;
  readonly context: Context;
  readonly app: FastifyInstance;
  readonly secretKey: string;
  readonly spawned: Set<Promise<void>>;
  readonly asked: Asked;
}

export interface ContextParts {
  readonly database: Database;
  readonly clock: Context['clock'];
  readonly random: SeededRandom;
  readonly sandbox: Sandbox;
  readonly hosts: Context['hosts'];
  readonly gate: Gate;
  readonly spawn: Context['spawn'];
  readonly witness?: SandboxClientOptions['witness'];
  readonly log?: Context['log'];
}

/** A context whose every way outside is in the story's hands. */
export function contextOf(parts: ContextParts): Context {
  const { database, random, gate } = parts;
  const key = new SeededRandom(77).bytes(32);
  return {
    db: database,
    clock: parts.clock,
    stripe: openStripeGateway({
      sandboxUrl: SANDBOX_URL,
      httpClient: new SandboxHttpClient(parts.sandbox, {
        gate,
        now: () => parts.clock.machineNow(),
        ...(parts.witness === undefined ? {} : { witness: parts.witness }),
      }),
    }),
    hosts: parts.hosts,
    secrets: openSecretBox({ keys: [key], randomBytes: random.bytes }),
    settings: {
      host: '127.0.0.1',
      port: 4400,
      sandboxPort: 4410,
      dataFolder: 'unused',
      publicUrl: PUBLIC_URL,
      databaseUrl: null,
      encryptionKeys: [key],
      stripePlatformKeys: { test: null, live: null },
      stripeOauthClientIds: { test: null, live: null },
      smtpUrl: null,
      trustedProxies: [],
      logLevel: process.env.TOLLBRIDGE_LOG_LEVEL ?? 'silent',
      notices: [],
    },
    log: parts.log ?? silentLog,
    underWay: new JobsUnderWay(),
    newId: (noun) => formatId(noun, random.bytes(ID_RANDOM_BYTES)),
    randomBytes: random.bytes,
    spawn: parts.spawn,
  };
}

export const createWorld = (options: WorldOptions): Promise<World> => World.create(options);
