import type { SeededRandom } from '../seeded-random.js';
import type { StripeAccount } from '../stage/stripe-account.js';
import type { Tenant } from '../stage/tenant.js';
import type { Universe } from '../stage/universe.js';
import type { Reply } from '../world.js';

/** Something somebody does: gives what he did in a few words, or null when there was nothing to do it to. */
export interface Action {
  readonly name: string;
  readonly weight: number;
  /** So many calls more go on before the next step: nobody else does anything meanwhile. */
  readonly meanwhile?: number;
  run(story: Story): Promise<string | null>;
}

/** What somebody does as soon as he is answered, at that very moment. */
export type OnReply = (reply: Reply) => void | Promise<void>;

export type Row = Readonly<Record<string, unknown>>;

/** An intent or a dispute, as far as people look at it. */
export interface ShownAtStripe {
  readonly id: string;
  readonly status: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly next_action?: { readonly redirect_to_url?: { readonly url: string } } | null;
}

/** A request of a host application's. */
interface Asked {
  readonly tenant: Tenant;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly idempotencyKey: string;
}

const CONFLICT = 409;
const DOUBLE_CLICKS = 0.1;
/** The first environment is where most of the story happens: it must become dense enough for things to meet. */
const FIRST_TENANT_SHARE = 0.8;

/** What the people of one world know and do. What is stored they look up outside the gates, as an onlooker. */
export class Story {
  readonly universe: Universe;
  /** Requests whose answer never came: a careful client sends them again with the same key. */
  readonly unanswered: Asked[] = [];
  #tenant: Tenant | null = null;
  #step = 0;
  #names = 0;

  constructor(universe: Universe) {
    this.universe = universe;
  }

  get random(): SeededRandom {
    return this.universe.random;
  }

  /** The environment this step is about. */
  get tenant(): Tenant {
    if (this.#tenant === null) throw new Error('a step begins with its environment');
    return this.#tenant;
  }

  /** Nothing that a step does depends on the steps before it but by what they left in the world. */
  beginStep(step: number): void {
    this.universe.beginStep(step);
    const [first, ...others] = this.universe.tenants;
    const isFirst = this.random.chance(FIRST_TENANT_SHARE) || others.length === 0;
    this.enter(isFirst ? first : this.random.pick(others));
    this.#step = step;
    this.#names = 0;
  }

  enter(tenant: Tenant | undefined): void {
    if (tenant === undefined) throw new Error('there is no such environment in this world');
    this.#tenant = tenant;
  }

  /** A name that this step alone gives. */
  next(prefix: string): string {
    this.#names += 1;
    return `${prefix}${this.#step}-${this.#names}`;
  }

  /** Sends a write with a key of its own, now and then twice at once as a double click does. */
  write(method: string, path: string, body: unknown, onReply: OnReply = () => {}): void {
    this.writeAs(this.tenant, { method, path, body }, onReply);
  }

  /** For whoever goes on after an answer, when the story may be somewhere else. */
  writeAs(tenant: Tenant, request: Pick<Asked, 'method' | 'path' | 'body'>, onReply: OnReply = () => {}): void {
    const asked = { ...request, tenant, idempotencyKey: this.next('key-') };
    this.#send(asked, onReply);
    if (this.random.chance(DOUBLE_CLICKS)) this.#send(asked, onReply);
  }

  read(path: string, onReply: OnReply): void {
    this.universe.request('GET', path, undefined, { headers: bearer(this.tenant.secretKey), onReply });
  }

  /** Sends again what was never answered. */
  retryUnanswered(): string | null {
    const asked = this.unanswered.shift();
    if (asked === undefined) return null;
    this.#send(asked, () => {});
    return `${asked.method} ${asked.path} again`;
  }

  #send(asked: Asked, onReply: OnReply): void {
    const { tenant, method, path, body, idempotencyKey } = asked;
    const headers = { ...bearer(tenant.secretKey), 'idempotency-key': idempotencyKey };
    this.universe.request(method, path, body, {
      headers,
      onReply: (reply) => {
        if (reply.status === 0) this.unanswered.push(asked);
        else if (reply.status >= 500 && reply.body.error?.code === 'internal_error')
          this.universe.answers.push({ rule: 'no_bug', text: `${method} ${path} answered ${reply.status}` });
        return onReply(reply);
      },
    });
  }

  /** One row of this step's environment that answers the question and fits, or null. `$1` is the environment. */
  async anyRow(
    text: string,
    values: readonly unknown[] = [],
    fits: (row: Row) => boolean = () => true,
  ): Promise<Row | null> {
    return this.#pick((await this.universe.ask(text, [this.tenant.environmentId, ...values])).filter(fits));
  }

  /**
   * Which of the rows it is depends on their first columns and on this step alone: another row more or less changes the
   * pick only if it would be the one, and no database's order does.
   */
  #pick(rows: readonly Row[]): Row | null {
    const salt = this.random.below(0x1_0000_0000);
    let picked: Row | null = null;
    let lowest = Infinity;
    for (const row of rows) {
      const rank = rankOf(salt, String(Object.values(row)[0]));
      if (rank >= lowest) continue;
      picked = row;
      lowest = rank;
    }
    return picked;
  }

  get nowText(): string {
    return new Date(this.universe.clock.machineNow()).toISOString();
  }

  /**
   * Types into a page of Stripe's; whoever is asked by his bank then answers, mostly well, or leaves. Gives what he saw,
   * or null where the page takes nothing any more.
   */
  async fillPage(url: string, form: Readonly<Record<string, string>>): Promise<string | null> {
    const { random, universe } = this;
    const page = await universe.visit('POST', url, form);
    if (page.status === CONFLICT) return null;
    if (page.leadsTo === null || page.leadsTo === url || random.chance(0.7)) return `answered ${page.status}`;
    const outcome = random.chance(0.8) ? 'complete' : 'fail';
    const bank = await universe.visit('POST', page.leadsTo, { outcome });
    return `answered ${page.status}, ${outcome} ${bank.status}`;
  }

  /** What Stripe has of a type in the account that a row is of, as people see it there before they do something. */
  atStripe({ account }: Row, type: 'payment_intent' | 'dispute'): readonly ShownAtStripe[] {
    return this.universe.objectsAtStripe(String(account), type) as ShownAtStripe[];
  }

  /** The account at Stripe that a connection of ours leads to. */
  accountOf(stripeAccountId: unknown): StripeAccount {
    const account = this.tenant.accounts.find(({ id }) => id === stripeAccountId);
    if (account === undefined) throw new Error(`nobody here holds the account ${String(stripeAccountId)}`);
    return account;
  }
}

export const bearer = (secretKey: string): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${secretKey}`,
});

/** FNV-1a of the salt and the text. */
function rankOf(salt: number, text: string): number {
  let hash = 0x811c9dc5 ^ salt;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 12)) >>> 0;
}
