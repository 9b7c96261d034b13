import { createSandbox, type Sandbox } from '@tollbridge/sandbox';
import { bootstrap } from '@tollbridge/server/bootstrap';
import type { Context } from '@tollbridge/server/context';
import { JOB_BURIALS, JOB_HANDLERS } from '@tollbridge/server/effects/index';
import { JobsUnderWay } from '@tollbridge/server/jobs/jobs-under-way';
import { renewLeases } from '@tollbridge/server/jobs/lease';
import { registerJobHandlers } from '@tollbridge/server/jobs/run-job';
import { SCHEDULES } from '@tollbridge/server/schedules/index';
import { runDueSchedules } from '@tollbridge/server/schedules/schedule';
import type { Statement } from '@tollbridge/server/store/database';
import { gathered, type Meeting } from '@tollbridge/server/store/gathered';
import { registerStripeEventHandlers } from '@tollbridge/server/stripe-event-handlers';
import { STRIPE_EVENT_HANDLERS } from '@tollbridge/server/stripe-events/index';
import { workOnce } from '@tollbridge/server/worker';
import type { FastifyInstance } from 'fastify';
import { ManualClock } from '../manual-clock.js';
import { RecordingHosts } from '../recording-hosts.js';
import { SeededRandom } from '../seeded-random.js';
import { type DatabaseKind, emptyDatabase, planOnce, testDatabase } from '../test-databases.js';
import { type Body, contextOf, PUBLIC_URL, type Reply } from '../world.js';
import { type Ask, askOf } from './ask.js';
import { FinishedJobs } from './finished-jobs.js';
import { gatedClock } from './gated-clock.js';
import { gatedDatabase } from './gated-database.js';
import { faultOf } from './logged-fault.js';
import { LooksWritten } from './looks-written.js';
import { appOf } from './one-app.js';
import { asItIs, type Plant } from './product.js';
import { ProcessGone, Scheduler } from './scheduler.js';
import { Standing } from './standing.js';
import { shapeOf } from './statement-shape.js';
import { StripeWitness } from './stripe-witness.js';
import type { Tenant } from './tenant.js';
import type { Violation } from './violation.js';
import { WrittenTables } from './written-tables.js';

const SANDBOX_URL = 'http://127.0.0.1:4410';
const STARTS_AT = '2027-01-31T22:00:00Z';
/** As often the real worker looks by itself (`server/src/worker.ts`). */
const LOOK_INTERVAL_MILLISECONDS = 500;
/** Which stream of chance is whose: each begins anew with every step, from the seed and the step's number. */
const STREAMS = { story: 1, product: 2, stripe: 3 } as const;

/** What a client knows of a request that was cut off: nothing. */
export const NO_ANSWER: Reply = { status: 0, body: {} as Body, headers: {} };

/**
 * One seed's world: the whole server between gates, a sandbox, hosts, payers and operators. Everything that happens is
 * picked by the seed, and the process can be killed around any call it makes (docs/decisions/0008).
 */
export class Universe {
  readonly seed: number;
  /** What the people and the scheduler do. */
  readonly random: SeededRandom;
  readonly clock: ManualClock;
  readonly scheduler: Scheduler;
  readonly sandbox: Sandbox;
  readonly hosts: RecordingHosts;
  readonly database: Context['db'];
  readonly ask: Ask;
  readonly context: Context;
  readonly witness: StripeWitness;
  readonly written: WrittenTables;
  readonly finishedJobs = new FinishedJobs();
  readonly looksWritten = new LooksWritten();
  /** The environments that live here; the first one stands for most of the story. */
  readonly tenants: Tenant[] = [];
  /** What people were answered and must never be. */
  readonly answers: Violation[] = [];
  /** False: what Stripe pushes is lost, as where it cannot reach a laptop. */
  pushReaches = true;
  readonly #productRandom: SeededRandom;
  readonly #stripeRandom: SeededRandom;
  #app: FastifyInstance | null = null;
  #firstKey: string | null = null;
  readonly #gated: Context['db'];
  /** What the process that lives now knows by heart; a crash takes it. */
  #memory: Pick<Context, 'underWay' | 'db'>;
  #isLooking = false;
  #isWorkAnnounced = true;
  #lookedAt = 0;

  static async create(kind: DatabaseKind, seed: number, plant: Plant = asItIs): Promise<Universe> {
    const database = await testDatabase(kind);
    await planOnce(database);
    await emptyDatabase(database);
    const universe = new Universe(database, seed, plant);
    universe.#app = await appOf(universe.context);
    universe.#firstKey = await bootstrap(universe.context);
    return universe;
  }

  private constructor(database: Context['db'], seed: number, plant: Plant) {
    this.seed = seed;
    this.random = new SeededRandom();
    this.#productRandom = new SeededRandom();
    this.#stripeRandom = new SeededRandom();
    this.beginStep(0);
    this.database = database;
    this.ask = askOf(database);
    this.clock = new ManualClock(STARTS_AT);
    this.scheduler = new Scheduler(this.random);
    this.written = new WrittenTables();
    const standing = new Standing();
    this.witness = new StripeWitness({ ask: this.ask, scheduler: this.scheduler, standing });
    this.sandbox = createSandbox({
      now: () => this.clock.machineNow(),
      random: this.#stripeRandom.next,
      settings: { baseUrl: SANDBOX_URL },
      journal: this.witness,
    });
    this.hosts = new RecordingHosts(this.scheduler.gate);
    const onWritten = (statement: Statement) => {
      this.written.note(statement);
      standing.note(statement, this.scheduler.calls);
      this.finishedJobs.note(statement);
      this.looksWritten.note(statement);
      if (shapeOf(statement.text).announcesWork) this.#isWorkAnnounced = true;
    };
    const product = plant({
      context: contextOf({
        database: gatedDatabase(database, this.scheduler.gate, onWritten),
        clock: gatedClock(this.clock, this.scheduler),
        random: this.#productRandom,
        sandbox: this.sandbox,
        hosts: this.hosts,
        gate: this.scheduler.gate,
        spawn: (name, work) => this.scheduler.spawn(name, work),
        witness: this.witness,
        log: {
          info: () => {},
          warn: () => {},
          error: (facts, message) => {
            const fault = faultOf(facts, message);
            if (fault !== null) this.answers.push(fault);
          },
        },
      }),
      jobHandlers: JOB_HANDLERS,
      stripeEventHandlers: STRIPE_EVENT_HANDLERS,
    });
    this.#gated = product.context.db;
    this.#memory = this.#newMemory();
    this.context = this.#contextAround(product.context);
    registerJobHandlers(product.jobHandlers, JOB_BURIALS);
    registerStripeEventHandlers(product.stripeEventHandlers);
  }

  #contextAround(outside: Context): Context {
    const current = () => this.#memory;
    return {
      ...outside,
      get underWay() {
        return current().underWay;
      },
      get db() {
        return current().db;
      },
    };
  }

  /** The key of the test environment that the first start makes. */
  get firstKey(): string {
    if (this.#firstKey === null) throw new Error('the world was not new');
    return this.#firstKey;
  }

  /** Draws all chance of a step from the seed and the step's number, so that leaving out another changes nothing in it. */
  beginStep(step: number): void {
    this.random.reseed(this.seed, step, STREAMS.story);
    this.#productRandom.reseed(this.seed, step, STREAMS.product);
    this.#stripeRandom.reseed(this.seed, step, STREAMS.stripe);
  }

  /** A client's request as an actor of its own; the client gets no answer from a process that was killed meanwhile. */
  request(method: string, path: string, body: unknown, options: ClientOptions): void {
    const { generation } = this.scheduler;
    this.scheduler.spawn(`${method} ${path}`, async () => {
      const reply = await this.#inject(method, path, body, options);
      const arrived = reply !== null && !this.scheduler.isGone(generation);
      await options.onReply?.(arrived ? reply : NO_ANSWER);
    });
  }

  async #inject(method: string, path: string, body: unknown, options: ClientOptions): Promise<Reply | null> {
    if (this.#app === null) throw new Error('the routes are built before they are used');
    try {
      const response = await this.#app.inject({
        method: method as 'GET',
        url: path,
        headers: { ...options.headers },
        ...(body === undefined ? {} : { payload: body as object }),
      });
      const isJson = String(response.headers['content-type'] ?? '').includes('json');
      return { status: response.statusCode, body: (isJson ? response.json() : {}) as Body, headers: response.headers };
    } catch (error) {
      if (error instanceof ProcessGone) return null;
      throw error;
    }
  }

  /**
   * The worker looks for work, as an actor: when work was announced, when a job ended, and at every interval, as in the
   * program. One look at a time.
   */
  look(): void {
    const isTime = this.clock.machineNow() >= this.#lookedAt + LOOK_INTERVAL_MILLISECONDS;
    if (this.#isLooking || !(this.#isWorkAnnounced || isTime)) return;
    this.#isLooking = true;
    this.#isWorkAnnounced = false;
    this.#lookedAt = this.clock.machineNow();
    const { generation } = this.scheduler;
    this.scheduler.spawn('worker', async () => {
      try {
        await renewLeases(this.context);
        await runDueSchedules(this.context, SCHEDULES);
        if ((await workOnce(this.context)) > 0) this.#isWorkAnnounced = true;
      } finally {
        if (!this.scheduler.isGone(generation)) this.#isLooking = false;
      }
    });
  }

  #newMemory(): Pick<Context, 'underWay' | 'db'> {
    const underWay = new JobsUnderWay();
    underWay.onEnd(() => {
      this.#isWorkAnnounced = true;
    });
    return { underWay, db: gathered(this.#gated, meetingOf(this.scheduler)) };
  }

  /** Kills the process around a waiting call, and starts it again on the same database. */
  async crash(): Promise<string> {
    const label = await this.scheduler.crash(this.random.chance(0.5) ? 'before' : 'after');
    this.clock.dropTimers();
    this.#memory = this.#newMemory();
    this.#isLooking = false;
    this.#isWorkAnnounced = true;
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
      if (this.random.chance(options.duplicateChance)) this.request('POST', path, post.body, { headers: post.headers });
      const onReply = async (reply: Reply) => {
        this.sandbox.deliveries.report(post.id, reply.status === 0 ? { error: 'no answer' } : { status: reply.status });
        if (reply.status === 200) await this.#noteReceipt(path, post.body);
      };
      this.request('POST', path, post.body, { headers: post.headers, onReply });
    }
    return posts.length;
  }

  /** EVT-1: what Stripe was told that we have, we have at that moment: it will not be sent again. */
  async #noteReceipt(path: string, body: string): Promise<void> {
    const connectionId = path.split('/').at(-1);
    const event = JSON.parse(body) as { readonly id: string; readonly type: string };
    const kept = await this.ask('select id from stripe_events where connection_id = $1 and stripe_event_id = $2', [
      connectionId,
      event.id,
    ]);
    if (kept.length > 0) return;
    const text = `${event.id} (${event.type}) was acknowledged to Stripe and is not in the inbox`;
    this.answers.push({ rule: 'acknowledged_is_kept', text });
  }

  /** Every object of a type that an account at Stripe holds, by its own shelves: an onlooker's view, outside of all faults. */
  objectsAtStripe(accountId: string, type: string): unknown[] {
    return [...(this.sandbox.core.accounts.get(accountId)?.store.newestFirst(type) ?? [])];
  }

  /** A page of the sandbox's, as a payer's browser visits it; gives where it leads on to within the sandbox, too. */
  async visit(method: string, url: string, form?: Readonly<Record<string, string>>): Promise<Visited> {
    const address = new URL(url, SANDBOX_URL);
    const answer = this.sandbox.handle({
      method,
      url: address.pathname + address.search,
      headers: form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' },
      body: form === undefined ? '' : new URLSearchParams(form).toString(),
    });
    await this.witness.examine();
    if (answer.kind === 'cut') return { status: 0, leadsTo: null };
    const location = answer.headers.location ?? null;
    return { status: answer.status, leadsTo: location?.startsWith(SANDBOX_URL) === true ? location : null };
  }
}

/** One actor goes on at a time: nobody else comes in the same turn, but many while a call waits to be picked. */
const meetingOf = ({ wait }: Scheduler): Meeting => ({ turn: async () => {}, wait });

export interface Visited {
  readonly status: number;
  readonly leadsTo: string | null;
}

export interface ClientOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly onReply?: (reply: Reply) => void | Promise<void>;
}
