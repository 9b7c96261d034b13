import { createSandbox, type Sandbox } from '@tollbridge/sandbox';
import { buildApp } from '@tollbridge/server/api/app';
import { bootstrap } from '@tollbridge/server/bootstrap';
import type { Context } from '@tollbridge/server/context';
import { JOB_HANDLERS } from '@tollbridge/server/effects/index';
import { JobsUnderWay } from '@tollbridge/server/jobs/jobs-under-way';
import { renewLeases } from '@tollbridge/server/jobs/lease';
import { registerJobHandlers } from '@tollbridge/server/jobs/run-job';
import { SCHEDULES } from '@tollbridge/server/schedules/index';
import { runDueSchedules } from '@tollbridge/server/schedules/schedule';
import { registerStripeEventHandlers } from '@tollbridge/server/stripe-event-handlers';
import { STRIPE_EVENT_HANDLERS } from '@tollbridge/server/stripe-events/index';
import { workOnce } from '@tollbridge/server/worker';
import type { FastifyInstance } from 'fastify';
import Stripe from 'stripe';
import { gatedDatabase } from './gated-database.js';
import { ManualClock } from './manual-clock.js';
import { RecordingHosts } from './recording-hosts.js';
import { SandboxHttpClient } from './sandbox-client.js';
import { ProcessGone, Scheduler } from './scheduler.js';
import { SeededRandom } from './seeded-random.js';
import { type DatabaseKind, emptyDatabase, testDatabase } from './test-databases.js';
import { type Body, contextOf, PUBLIC_URL, type Reply } from './world.js';

const SANDBOX_URL = 'http://127.0.0.1:4410';
const STARTS_AT = '2027-01-31T22:00:00Z';
export const STRIPE_KEY = 'sk_test_sandbox_simulation';

/** What a client knows of a request that was cut off: nothing. */
export const NO_ANSWER: Reply = { status: 0, body: {} as Body, headers: {} };

/**
 * One seed's world: the whole server between gates, a sandbox, hosts, a payer and operators. Everything that happens is
 * picked by the seed, and the process can be killed around any call it makes (docs/decisions/0008).
 */
export class Universe {
  readonly random: SeededRandom;
  readonly clock: ManualClock;
  readonly scheduler: Scheduler;
  readonly sandbox: Sandbox;
  readonly hosts: RecordingHosts;
  readonly database: Context['db'];
  readonly context: Context;
  readonly app: FastifyInstance;
  readonly secretKey: string;
  readonly environmentId: string;
  /** Webhooks of Stripe's that are held back: they arrive later, in another order, or twice. */
  pushReaches = true;
  #looking = false;
  readonly #memory: Memory;

  private constructor(parts: UniverseParts) {
    this.random = parts.random;
    this.clock = parts.clock;
    this.scheduler = parts.scheduler;
    this.sandbox = parts.sandbox;
    this.hosts = parts.hosts;
    this.database = parts.database;
    this.context = parts.context;
    this.app = parts.app;
    this.secretKey = parts.secretKey;
    this.environmentId = parts.environmentId;
    this.#memory = parts.memory;
  }

  static async create(kind: DatabaseKind, seed: number): Promise<Universe> {
    const database = await testDatabase(kind);
    await emptyDatabase(database);
    const random = new SeededRandom(seed);
    const clock = new ManualClock(STARTS_AT);
    const scheduler = new Scheduler(random);
    const sandboxRandom = new SeededRandom(seed ^ 0x5bd1e995);
    const sandbox = createSandbox({
      now: () => clock.machineNow(),
      random: sandboxRandom.next,
      settings: { baseUrl: SANDBOX_URL },
    });
    const hosts = new RecordingHosts(scheduler.gate);
    const memory: Memory = { underWay: new JobsUnderWay() };
    const outside = contextOf({
      database: gatedDatabase(database, scheduler.gate),
      clock: gatedClock(clock, scheduler),
      random: new SeededRandom(seed ^ 0x1b873593),
      sandbox,
      hosts,
      gate: scheduler.gate,
      spawn: (name, work) => scheduler.spawn(name, work),
    });
    const context: Context = {
      ...outside,
      get underWay() {
        return memory.underWay;
      },
    };
    registerJobHandlers(JOB_HANDLERS);
    registerStripeEventHandlers(STRIPE_EVENT_HANDLERS);
    const secretKey = (await bootstrap(context)) ?? '';
    const app = await appOf(context);
    const [row] = await database.query({ text: `select id from environments where kind = 'test'` });
    const environmentId = row?.id as string;
    return new Universe({
      random,
      clock,
      scheduler,
      sandbox,
      hosts,
      database,
      context,
      app,
      secretKey,
      environmentId,
      memory,
    });
  }

  /** A client's request as an actor of its own; the client gets no answer from a process that was killed meanwhile. */
  request(method: string, path: string, body: unknown, options: ClientOptions): void {
    const { generation } = this.scheduler;
    this.scheduler.spawn(`${method} ${path}`, async () => {
      const reply = await this.#inject(method, path, body, options);
      const arrived = reply !== null && !this.scheduler.isGone(generation);
      options.onReply?.(arrived ? reply : NO_ANSWER);
    });
  }

  async #inject(method: string, path: string, body: unknown, options: ClientOptions): Promise<Reply | null> {
    try {
      const response = await this.app.inject({
        method: method as 'GET',
        url: path,
        headers: {
          ...(options.raw === undefined ? { authorization: `Bearer ${this.secretKey}` } : options.raw),
          ...(options.idempotencyKey === undefined ? {} : { 'idempotency-key': options.idempotencyKey }),
        },
        ...(body === undefined ? {} : { payload: body as object }),
      });
      const isJson = String(response.headers['content-type'] ?? '').includes('json');
      return { status: response.statusCode, body: (isJson ? response.json() : {}) as Body, headers: response.headers };
    } catch (error) {
      if (error instanceof ProcessGone) return null;
      throw error;
    }
  }

  /** The worker looks for work, as an actor. One look at a time, as in the program. */
  look(): void {
    if (this.#looking) return;
    this.#looking = true;
    const { generation } = this.scheduler;
    this.scheduler.spawn('worker', async () => {
      try {
        await renewLeases(this.context);
        await runDueSchedules(this.context, SCHEDULES);
        await workOnce(this.context);
      } finally {
        if (!this.scheduler.isGone(generation)) this.#looking = false;
      }
    });
  }

  /** Kills the process around a waiting call, and starts it again on the same database. */
  async crash(): Promise<string> {
    const label = await this.scheduler.crash(this.random.chance(0.5) ? 'before' : 'after');
    this.clock.dropTimers();
    this.#memory.underWay = new JobsUnderWay();
    this.#looking = false;
    return label;
  }

  /** Stripe sends what is due, in any order; a webhook of ours that is not answered is sent again. */
  deliver(options: { readonly shuffle: boolean; readonly duplicateChance: number }): number {
    const now = this.clock.machineNow();
    this.sandbox.tick(now);
    const posts = this.sandbox.deliveries.due(now);
    if (options.shuffle) posts.sort(() => this.random.next() - 0.5);
    for (const post of posts) {
      if (!this.pushReaches || !post.url.startsWith(PUBLIC_URL)) {
        this.sandbox.deliveries.report(post.id, { error: 'the address cannot be reached' });
        continue;
      }
      const path = post.url.slice(PUBLIC_URL.length);
      if (this.random.chance(options.duplicateChance))
        this.request('POST', path, post.body, { raw: { ...post.headers } });
      const onReply = (reply: Reply) =>
        this.sandbox.deliveries.report(post.id, reply.status === 0 ? { error: 'no answer' } : { status: reply.status });
      this.request('POST', path, post.body, { raw: { ...post.headers }, onReply });
    }
    return posts.length;
  }

  /** The official SDK on the same account, outside our process: a payer, or an operator inside Stripe. */
  stripe(): Stripe {
    return new Stripe(STRIPE_KEY, {
      httpClient: new SandboxHttpClient(this.sandbox),
      maxNetworkRetries: 0,
      telemetry: false,
    });
  }

  /** Every object of a type that the sandbox holds, by its own shelves: an onlooker's view, outside of all faults. */
  objectsAtStripe(type: string): unknown[] {
    return [...this.sandbox.core.accounts.values()].flatMap((account) => [...account.store.newestFirst(type)]);
  }

  /** A page of the sandbox's, as a payer's browser visits it. */
  visit(method: string, url: string, form?: Readonly<Record<string, string>>): { status: number; body: string } {
    const address = new URL(url, SANDBOX_URL);
    const answer = this.sandbox.handle({
      method,
      url: address.pathname + address.search,
      headers: form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' },
      body: form === undefined ? '' : new URLSearchParams(form).toString(),
    });
    return answer.kind === 'cut' ? { status: 0, body: '' } : { status: answer.status, body: answer.body };
  }
}

export interface ClientOptions {
  readonly idempotencyKey?: string;
  /** The whole set of headers, instead of the secret key's. */
  readonly raw?: Readonly<Record<string, string>>;
  readonly onReply?: (reply: Reply) => void;
}

interface UniverseParts {
  readonly random: SeededRandom;
  readonly clock: ManualClock;
  readonly scheduler: Scheduler;
  readonly sandbox: Sandbox;
  readonly hosts: RecordingHosts;
  readonly database: Context['db'];
  readonly context: Context;
  readonly app: FastifyInstance;
  readonly secretKey: string;
  readonly environmentId: string;
  readonly memory: Memory;
}

/** What the process that lives now knows by heart; a crash takes it. */
interface Memory {
  underWay: JobsUnderWay;
}

/** A timer is a call outside like any other: when it is picked, the clock moves to it. */
const gatedClock = (clock: ManualClock, scheduler: Scheduler): Context['clock'] => ({
  machineNow: () => clock.machineNow(),
  after(milliseconds, call) {
    let canceled = false;
    const dueAt = clock.machineNow() + milliseconds;
    scheduler
      .gate('timer', async () => {
        clock.advance(Math.max(0, dueAt - clock.machineNow()));
      })
      .then(
        () => {
          if (!canceled) call();
        },
        // Killed with its process: nobody waits for it any more.
        () => {},
      );
    return () => {
      canceled = true;
    };
  },
  ended: (work, milliseconds) => endedInSlices(scheduler, clock, { work, milliseconds }),
});

/** So many looks a wait is cut into: as long as the work is picked about as often, most of it ends in time. */
const WAIT_SLICES = 20;

/**
 * Waiting for another actor's work: it is never woken by that actor, which would let two go on at once. It waits at the
 * gate like everybody, sees when it is picked whether the work has ended, and if not lets a slice of its time pass.
 */
async function endedInSlices(
  scheduler: Scheduler,
  clock: ManualClock,
  { work, milliseconds }: { readonly work: Promise<unknown>; readonly milliseconds: number },
): Promise<boolean> {
  let hasEnded = false;
  const mark = () => {
    hasEnded = true;
  };
  work.then(mark, mark);
  const deadline = clock.machineNow() + milliseconds;
  for (let slice = WAIT_SLICES; slice > 0 && !hasEnded; slice--)
    await scheduler.gate('wait', async () => {
      const leftMilliseconds = Math.max(0, deadline - clock.machineNow());
      if (!hasEnded) clock.advance(Math.ceil(leftMilliseconds / slice));
    });
  return hasEnded;
}

/**
 * The routes, built once for the process: they keep nothing between requests but the rates of callers, and building them
 * for each of thousands of seeds would cost more than the seeds. The context behind them is the current seed's.
 */
let builtApp: { readonly app: FastifyInstance; readonly link: { context: Context } } | null = null;

async function appOf(context: Context): Promise<FastifyInstance> {
  if (builtApp !== null) {
    builtApp.link.context = context;
    return builtApp.app;
  }
  const link = { context };
  const forwarding = new Proxy(context, {
    get: (_target, field) => link.context[field as keyof Context],
  });
  builtApp = { app: await buildApp(forwarding), link };
  return builtApp.app;
}
