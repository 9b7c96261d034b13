import type Stripe from 'stripe';
import { STRIPE_KEY, type Universe } from './universe.js';
import type { Reply } from './world.js';

/** Something somebody does: gives what he did in a few words, or null when there was nothing to do it to. */
export interface Action {
  readonly name: string;
  readonly weight: number;
  run(story: Story): Promise<string | null>;
}

/** A request whose answer never came: a careful client sends it again with the same key. */
interface Unanswered {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly idempotencyKey: string;
}

/** What the people of one seed know and do. What is stored they look up outside the gates, as an onlooker. */
export class Story {
  readonly universe: Universe;
  readonly unanswered: Unanswered[] = [];
  #numbers = 0;

  constructor(universe: Universe) {
    this.universe = universe;
  }

  next(prefix: string): string {
    this.#numbers += 1;
    return `${prefix}${this.#numbers}`;
  }

  /** Sends a write with a key of its own, now and then twice at once as a double click does. */
  write(method: string, path: string, body: unknown): void {
    const { random } = this.universe;
    const request = { method, path, body, idempotencyKey: this.next('key-') };
    this.#send(request);
    if (random.chance(0.1)) this.#send(request);
  }

  /** Sends again what was never answered. */
  retryUnanswered(): string | null {
    const request = this.unanswered.shift();
    if (request === undefined) return null;
    this.#send(request);
    return `${request.method} ${request.path} again`;
  }

  #send(request: Unanswered): void {
    const onReply = (reply: Reply) => {
      if (reply.status === 0) this.unanswered.push(request);
      else if (reply.status >= 500 && reply.body.error?.code === 'internal_error')
        throw new Error(`${request.method} ${request.path} answered ${reply.status}`);
    };
    const { method, path, body, idempotencyKey } = request;
    this.universe.request(method, path, body, { idempotencyKey, onReply });
  }

  /** One row at random that answers the question, or null. */
  async anyRow(sql: string, values: readonly unknown[] = []): Promise<Record<string, unknown> | null> {
    const rows = await this.universe.database.query({ text: sql, values: [this.universe.environmentId, ...values] });
    // PostgreSQL gives rows in no order of its own: sorted by their first column, a seed picks the same one again.
    const first = (row: Record<string, unknown>) => String(Object.values(row)[0]);
    rows.sort((left, right) => (first(left) < first(right) ? -1 : 1));
    return rows.length === 0 ? null : this.universe.random.pick(rows);
  }

  get stripe(): Stripe {
    return this.universe.stripe();
  }
}

/** What every seed begins with: a connection, a host that listens, and some customers. */
export async function prepareStory(story: Story, rest: () => Promise<void>): Promise<void> {
  const { random } = story.universe;
  story.write('POST', '/v1/connections', {
    mode: 'key',
    secret_key: STRIPE_KEY,
    host: 'sandbox',
    create_customers: random.chance(0.8),
  });
  story.write('POST', '/v1/webhook_endpoints', { url: 'http://127.0.0.1:9999/hook' });
  await rest();
  for (let count = 0; count < 3; count++)
    story.write('POST', '/v1/customers', {
      external_id: story.next('customer-'),
      name: 'A first customer',
      emails: [`${story.next('person-')}@example.com`],
      payment_provider: 'stripe',
      sync_with_provider: true,
    });
  await rest();
}
