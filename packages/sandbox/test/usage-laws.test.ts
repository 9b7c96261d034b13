import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contract } from '../src/contract/contract.js';
import { createCheckedSandbox } from '../src/testing/checked-sandbox.js';
import { seeded } from '../src/testing/running-sandbox.js';

const KEY = 'sk_test_usage_laws';
const HISTORIES = 40;
const STEPS = 18;
const startMs = Date.UTC(2031, 0, 31);
const daySeconds = 86_400;
const dayMs = daySeconds * 1000;

interface Thing {
  readonly id: string;
  readonly [field: string]: unknown;
}

interface Line {
  readonly quantity: number;
  readonly pricing: { readonly price_details: { readonly price: string } } | null;
}

type Mode = 'classic' | 'flexible';

const use = fc.record({ kind: fc.constant('use' as const), calls: fc.integer({ min: 1, max: 50 }) });
const wait = fc.record({ kind: fc.constant('wait' as const), days: fc.constantFrom(1, 3, 10, 33) });
const pause = fc.record({
  kind: fc.constant('pause' as const),
  usage: fc.constantFrom('none', 'now'),
  time: fc.constantFrom('none', 'now', 'item_current_period_start'),
  invoicing: fc.constantFrom('invoice', 'pending_invoice_item'),
});
const prorations = fc.constantFrom('none', 'create_prorations', 'always_invoice');
const resume = fc.record({
  kind: fc.constant('resume' as const),
  anchor: fc.constantFrom('now', 'unchanged'),
  prorations,
  payment: fc.constantFrom('resume_on_payment_attempt', 'resume_on_payment_success'),
});
const seats = fc.record({ kind: fc.constant('seats' as const), quantity: fc.integer({ min: 1, max: 5 }) });
const anchor = fc.record({ kind: fc.constant('anchor' as const) });
const exchange = fc.record({
  kind: fc.constant('exchange' as const),
  how: fc.constantFrom('new item', 'new price', 'licensed for a moment'),
  prorations,
});
const collection = fc.record({
  kind: fc.constant('collection' as const),
  behavior: fc.constantFrom('', 'keep_as_draft', 'mark_uncollectible'),
});
const end = fc.record({ kind: fc.constant('end' as const), days: fc.constantFrom(5, 40) });
const step = fc.oneof(
  { weight: 4, arbitrary: use },
  { weight: 3, arbitrary: wait },
  { weight: 3, arbitrary: pause },
  { weight: 4, arbitrary: resume },
  ...[seats, anchor, exchange, collection, end].map((arbitrary) => ({ weight: 1, arbitrary })),
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** One subscription of a seat and of what a meter counts, and the book that is kept of its usage beside the sandbox. */
class History {
  #now = startMs;
  readonly #mode: Mode;
  readonly #sandbox;
  readonly #customer: string;
  readonly #subscription: string;
  readonly #metered: readonly string[];
  readonly #seat: string;
  #used = 0;
  /** Used and neither billed nor given up yet. */
  #open = 0;
  /** Given up by a request that says so. */
  #waived = 0;
  isOver = false;

  constructor(mode: Mode, seed: number) {
    this.#mode = mode;
    this.#sandbox = createCheckedSandbox({ now: () => this.#now, random: seeded(seed) });
    const method = 'payment_method=pm_card_visa&invoice_settings[default_payment_method]=pm_card_visa';
    this.#customer = this.#made('/v1/customers', `email=jo@example.com&${method}`).id;
    const meter = this.#made(
      '/v1/billing/meters',
      'display_name=Calls&event_name=calls&default_aggregation[formula]=sum',
    ).id;
    const price = (more: string): string =>
      this.#made('/v1/prices', `currency=usd&product_data[name]=A&unit_amount=100&recurring[interval]=month${more}`).id;
    this.#metered = [0, 1].map(() => price(`&recurring[usage_type]=metered&recurring[meter]=${meter}`));
    this.#seat = price('');
    const items = `items[0][price]=${this.#seat}&items[1][price]=${this.#metered[0]}`;
    const made = `customer=${this.#customer}&billing_mode[type]=${mode}&${items}`;
    this.#subscription = this.#made('/v1/subscriptions', made).id;
  }

  #call(method: string, url: string, body = ''): Thing & { readonly error?: { message: string } } {
    const headers = { authorization: `Bearer ${KEY}`, 'stripe-version': contract.version };
    const answer = this.#sandbox.handle({ method, url, headers, body });
    if (answer.kind === 'cut') throw new Error('cut');
    expect([answer.status < 500, answer.body]).toEqual([true, answer.body]);
    return JSON.parse(answer.body);
  }

  #made(url: string, body: string): Thing {
    const made = this.#call('POST', url, body);
    expect(made.error).toBeUndefined();
    return made;
  }

  /** Whether it was done. */
  #ask(method: string, path: string, body: string): boolean {
    return this.#call(method, `/v1/subscriptions/${this.#subscription}${path}`, body).error === undefined;
  }

  #all(url: string): Thing[] {
    const { data, has_more } = this.#call('GET', `${url}&limit=100`);
    expect(has_more).toBe(false);
    return data as Thing[];
  }

  #state(): { readonly status: string; readonly items: readonly Thing[] } {
    const { status, items } = this.#call('GET', `/v1/subscriptions/${this.#subscription}`);
    return { status: String(status), items: (items as { data: Thing[] }).data };
  }

  #priceOf(item: Thing): string {
    return (item.price as Thing).id;
  }

  #meteredItem(): Thing | undefined {
    return this.#state().items.find((item) => this.#metered.includes(this.#priceOf(item)));
  }

  #renewals(): number {
    return this.#invoices().filter((one) => one.billing_reason === 'subscription_cycle').length;
  }

  #invoices(): Thing[] {
    return this.#all(`/v1/invoices?subscription=${this.#subscription}`).filter(({ status }) => status !== 'void');
  }

  /** What invoices, and what waits for one, bill of the meter. */
  billed(): number {
    const isUsage = ({ pricing }: Line): boolean => this.#metered.includes(pricing?.price_details.price ?? '');
    const lines = this.#invoices().flatMap(({ lines }) => {
      const { data, has_more } = lines as { data: Line[]; has_more: boolean };
      expect(has_more).toBe(false);
      return data;
    });
    const waiting = this.#all(`/v1/invoiceitems?customer=${this.#customer}&pending=true`) as unknown as Line[];
    return [...lines, ...waiting].filter(isUsage).reduce((sum, { quantity }) => sum + quantity, 0);
  }

  requireLaw(after: unknown): void {
    expect([after, this.billed() + this.#open + this.#waived]).toEqual([after, this.#used]);
  }

  take(one: Step): void {
    const done = this[one.kind](one as never);
    note(`${one.kind} ${done ? 'done' : 'refused'}`);
    this.isOver = this.#state().status === 'canceled';
  }

  /** Asked for at last: what was used is on the final invoice. */
  finish(): void {
    if (this.isOver) return;
    expect(this.#ask('DELETE', '?invoice_now=true', '')).toBe(true);
    this.#open = 0;
    this.isOver = true;
  }

  use({ calls }: Extract<Step, { kind: 'use' }>): boolean {
    if (this.#meteredItem() === undefined) return false;
    const payload = `payload[stripe_customer_id]=${this.#customer}&payload[value]=${calls}`;
    this.#made('/v1/billing/meter_events', `event_name=calls&timestamp=${this.#now / 1000}&${payload}`);
    this.#used += calls;
    this.#open += calls;
    this.#pass(1000);
    return true;
  }

  #pass(milliseconds: number): void {
    this.#now += milliseconds;
    this.#sandbox.tick(this.#now);
  }

  wait({ days }: Extract<Step, { kind: 'wait' }>): boolean {
    const before = this.#renewals();
    this.#pass(days * dayMs);
    const isOver = this.#state().status === 'canceled';
    if (isOver || this.#renewals() > before) this.#open = 0;
    return true;
  }

  pause({ usage, time, invoicing }: Extract<Step, { kind: 'pause' }>): boolean {
    const fields = `bill_for[outstanding_usage_through][type]=${usage}&bill_for[unused_time_from][type]=${time}`;
    const done = this.#ask('POST', '/pause', `${fields}&invoicing_behavior=${invoicing}`);
    if (done && usage === 'now') this.#open = 0;
    return done;
  }

  resume({ anchor, prorations, payment }: Extract<Step, { kind: 'resume' }>): boolean {
    const fields = `billing_cycle_anchor[type]=${anchor}&payment_behavior=${payment}`;
    const done = this.#ask('POST', '/resume', `${fields}&proration_behavior=${prorations}`);
    const { status, latest_invoice: invoice } = this.#call('GET', `/v1/subscriptions/${this.#subscription}`);
    // By default its invoice waits until somebody pays it.
    if (done && status === 'paused') this.#made(`/v1/invoices/${invoice}/pay`, '');
    return done;
  }

  seats({ quantity }: Extract<Step, { kind: 'seats' }>): boolean {
    const item = this.#state().items.find((one) => this.#priceOf(one) === this.#seat);
    return this.#ask('POST', '', `items[0][id]=${item?.id}&items[0][quantity]=${quantity}`);
  }

  anchor(): boolean {
    const isPaused = this.#state().status === 'paused';
    const done = this.#ask('POST', '', 'billing_cycle_anchor[type]=now');
    if (done && !isPaused) this.#open = 0;
    return done;
  }

  exchange({ how, prorations }: Extract<Step, { kind: 'exchange' }>): boolean {
    const item = this.#meteredItem();
    if (item === undefined) return false;
    const other = this.#metered.find((price) => price !== this.#priceOf(item));
    const said = `proration_behavior=${prorations}`;
    const isBilled = this.#mode === 'flexible' && prorations !== 'none';
    const asks: Readonly<Record<typeof how, readonly string[]>> = {
      'new item': [`items[0][id]=${item.id}&items[0][deleted]=true&items[1][price]=${other}`],
      'new price': [`items[0][id]=${item.id}&items[0][price]=${other}`],
      'licensed for a moment': [
        `items[0][id]=${item.id}&items[0][price]=${this.#seatToo()}`,
        `items[0][id]=${item.id}&items[0][price]=${other}`,
      ],
    };
    for (const ask of asks[how]) if (!this.#ask('POST', '', `${ask}&${said}`)) return false;
    if (!isBilled) this.#waived += this.#open;
    this.#open = 0;
    return true;
  }

  #seatToo(): string {
    return this.#made('/v1/prices', 'currency=usd&product_data[name]=B&unit_amount=5&recurring[interval]=month').id;
  }

  collection({ behavior }: Extract<Step, { kind: 'collection' }>): boolean {
    return this.#ask('POST', '', behavior === '' ? 'pause_collection=' : `pause_collection[behavior]=${behavior}`);
  }

  end({ days }: Extract<Step, { kind: 'end' }>): boolean {
    return this.#ask('POST', '', `cancel_at=${this.#now / 1000 + days * daySeconds}&proration_behavior=none`);
  }
}

/** What was reached by all histories together: laws over nothing would hold too. */
const reached = new Map<string, number>();
const note = (name: string): unknown => reached.set(name, (reached.get(name) ?? 0) + 1);

describe('what a meter counts is billed once, or given up by a request that says so', () => {
  it.each(['classic', 'flexible'] as const)('through pauses, returns, exchanges and ends, in %s mode', (mode) => {
    const steps = fc.array(step, { minLength: 1, maxLength: STEPS, size: 'max' });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 1000 }), (taken, seed) => {
        const history = new History(mode, seed);
        for (const one of taken) {
          if (history.isOver) break;
          history.take(one);
          history.requireLaw(one);
        }
        history.finish();
        history.requireLaw('the end');
      }),
      { numRuns: HISTORIES, seed: 20_301 },
    );
  });

  it('and enough happened', () => {
    for (const kind of ['use', 'wait', 'pause', 'resume', 'seats', 'anchor', 'exchange', 'collection', 'end']) {
      expect([kind, (reached.get(`${kind} done`) ?? 0) > 10]).toEqual([kind, true]);
    }
  });
});
