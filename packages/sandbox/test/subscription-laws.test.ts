import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type SandboxServer, startSandboxServer } from '../src/index.js';
import type { Sandbox } from '../src/sandbox.js';
import { createCheckedSandbox } from '../src/testing/checked-sandbox.js';
import { seeded } from '../src/testing/running-sandbox.js';

const KEY = 'sk_test_subscriptionlaws';
const HISTORIES = 12;
const STEPS = 50;
const startMs = Date.UTC(2031, 0, 31, 10);
const daySeconds = 86_400;
const settings = { baseUrl: 'http://sandbox.example' };

interface Thing {
  readonly id: string;
  readonly [field: string]: unknown;
}

interface Item {
  readonly id: string;
  readonly current_period_start: number;
  readonly current_period_end: number;
}

/** From when on the subscription cost how much for a whole period; 0 ends it. */
interface Rate {
  readonly since: number;
  readonly amount: number;
}

/** In seconds since 1970. */
interface Period {
  readonly start: number;
  readonly end: number;
  /** Where the next one begins, which may be before the end. */
  readonly until: number;
}

/** One subscription of one item, moved at random: quantities and prices change in the middle of periods. */
class History {
  readonly #random: () => number;
  readonly #sandbox: () => Sandbox;
  #nowMs = startMs;
  #prices: readonly { readonly id: string; readonly amount: number }[] = [];
  #subscription = '';
  #item = '';
  readonly rates: Rate[] = [];
  readonly periods: Period[] = [];
  /** How often a period was cut short by a new one. */
  resets = 0;

  constructor(seed: number, sandbox: () => Sandbox) {
    this.#random = seeded(seed);
    this.#sandbox = sandbox;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get #now(): number {
    return this.#nowMs / 1000;
  }

  call(method: string, url: string, fields: Readonly<Record<string, string | number>> = {}): Thing {
    const body = new URLSearchParams(
      Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]),
    ).toString();
    const answer = this.#sandbox().handle({ method, url, headers: { authorization: `Bearer ${KEY}` }, body });
    if (answer.kind === 'cut') throw new Error('cut');
    expect([url, answer.status, answer.body]).toEqual([url, 200, answer.body]);
    return JSON.parse(answer.body) as Thing;
  }

  all(url: string): Thing[] {
    const { data, has_more } = this.call('GET', `${url}${url.includes('?') ? '&' : '?'}limit=100`);
    expect(has_more).toBe(false);
    return data as Thing[];
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.#random() * choices.length)] as T;
  }

  begin(): void {
    const paying = { payment_method: 'pm_card_visa', 'invoice_settings[default_payment_method]': 'pm_card_visa' };
    const customer = this.call('POST', '/v1/customers', paying).id;
    const product = this.call('POST', '/v1/products', { name: 'Hosting' }).id;
    const monthly = { currency: 'usd', product, 'recurring[interval]': 'month' };
    const weekly = { ...monthly, 'recurring[interval]': 'week' };
    this.#prices = [
      { ...monthly, unit_amount: 1000 },
      { ...monthly, unit_amount: 1999 },
      { ...monthly, unit_amount: 333 },
      { ...weekly, unit_amount: 457 },
    ].map((fields) => ({ id: this.call('POST', '/v1/prices', fields).id, amount: fields.unit_amount }));
    const { price, quantity } = this.#choice();
    const begun = this.call('POST', '/v1/subscriptions', {
      customer,
      'items[0][price]': price,
      'items[0][quantity]': quantity,
      'billing_mode[type]': this.#pick(['classic', 'flexible']),
    });
    this.#subscription = begun.id;
    this.#item = this.#itemNow().id;
  }

  step(): void {
    if (this.#random() < 0.6) this.#wait(this.#pick([1, 3, 6]) * daySeconds + this.#pick([0, 1, 4321]));
    else this.#change();
  }

  #change(): void {
    const { price, quantity } = this.#choice();
    this.call('POST', `/v1/subscriptions/${this.#subscription}`, {
      'items[0][id]': this.#item,
      'items[0][price]': price,
      'items[0][quantity]': quantity,
      proration_behavior: this.#pick(['create_prorations', 'always_invoice']),
      ...(this.#random() < 0.1 ? { billing_cycle_anchor: 'now' } : {}),
    });
  }

  end(): void {
    this.call('DELETE', `/v1/subscriptions/${this.#subscription}`, { prorate: 'true', invoice_now: 'true' });
    this.rates.push({ since: this.#now, amount: 0 });
  }

  #choice(): { readonly price: string; readonly quantity: number } {
    const { id, amount } = this.#pick(this.#prices);
    const quantity = this.#pick([1, 2, 3, 7]);
    this.rates.push({ since: this.#now, amount: amount * quantity });
    return { price: id, quantity };
  }

  #wait(seconds: number): void {
    this.#nowMs += seconds * 1000;
    this.#sandbox().tick(this.#nowMs);
  }

  /** Half-open and without a gap: what is now lies in one period, which begins where the one before ended or was cut short. */
  notePeriod(): void {
    const { current_period_start: start, current_period_end: end } = this.#itemNow();
    expect([start <= this.#now, this.#now < end]).toEqual([true, true]);
    const before = this.periods.at(-1);
    if (before?.start === start && before.end === end) return;
    if (before !== undefined && start !== before.end) {
      this.resets += 1;
      // Nobody's time is cut short but by a change of this moment.
      expect(start).toBe(this.#now);
      this.periods[this.periods.length - 1] = { ...before, until: start };
    }
    this.periods.push({ start, end, until: end });
  }

  #itemNow(): Item {
    const { items } = this.call('GET', `/v1/subscriptions/${this.#subscription}`);
    return (items as { data: Item[] }).data[0] as Item;
  }

  /** What all of it was worth: each rate for its share of each period. */
  get worth(): number {
    let worth = 0;
    for (const { start, end, until } of this.periods)
      for (const [index, { since, amount }] of this.rates.entries()) {
        const changed = this.rates[index + 1]?.since ?? Infinity;
        const seconds = Math.max(0, Math.min(until, changed) - Math.max(start, since));
        worth += (amount * seconds) / (end - start);
      }
    return worth;
  }
}

type Between = (history: History, step: number) => void;

function play(seed: number, between: Between = () => undefined): History {
  const random = seeded(seed + 1);
  const history: History = new History(seed, () => sandbox);
  const sandbox = createCheckedSandbox({ now: () => history.nowMs, random, settings });
  history.begin();
  history.notePeriod();
  for (let step = 0; step < STEPS; step += 1) {
    history.step();
    history.notePeriod();
    between(history, step);
  }
  history.end();
  return history;
}

interface Line {
  readonly amount: number;
}

describe('behaviour 57: whatever changes in the middle of periods, what is billed is what was had', () => {
  test.each(Array.from({ length: HISTORIES }, (_, seed) => ({ seed })))('history $seed', ({ seed }) => {
    const history = play(seed);
    const invoices = history.all('/v1/invoices');
    const lines = invoices.flatMap(({ lines: shown }) => (shown as { data: Line[] }).data);
    const billed = lines.reduce((sum, { amount }) => sum + amount, 0);
    expect(history.all('/v1/invoiceitems?pending=true')).toEqual([]);
    expect(invoices.every(({ status }) => status === 'paid')).toBe(true);
    // Each line is rounded by itself, by at most half a unit.
    expect(Math.abs(billed - history.worth)).toBeLessThanOrEqual(lines.length / 2);
    expect(history.periods.length).toBeGreaterThan(2);
    const cycles = invoices.filter(({ billing_reason }) => billing_reason === 'subscription_cycle');
    expect(cycles).toHaveLength(history.periods.length - 1 - history.resets);
  });
});

/** All there is to see, in the order of the lists. */
const seen = (history: History): unknown =>
  ['/v1/subscriptions?status=all', '/v1/invoices', '/v1/invoiceitems', '/v1/charges', '/v1/events'].map((url) =>
    history.call('GET', `${url}${url.includes('?') ? '&' : '?'}limit=100`),
  );

test('a subscription goes on after each restart as if there had been none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  // To look costs the chance of an id, so both look as often.
  const isLookedAt = (step: number): boolean => step % 5 === 4;
  const looked: unknown[] = [];
  const uninterrupted = play(3, (history, step) => {
    if (isLookedAt(step)) looked.push(seen(history), seen(history));
  });
  try {
    const random = seeded(4);
    const history: History = new History(3, () => server.sandbox);
    const start = (): Promise<SandboxServer> =>
      startSandboxServer({ port: 0, dataFolder: folder, random, settings, now: () => history.nowMs });
    let server = await start();
    history.begin();
    history.notePeriod();
    for (let step = 0; step < STEPS; step += 1) {
      history.step();
      history.notePeriod();
      if (!isLookedAt(step)) continue;
      const before = seen(history);
      expect(before).toEqual(looked[(2 * (step + 1)) / 5 - 2]);
      await server.close();
      server = await start();
      expect(seen(history)).toEqual(before);
    }
    history.end();
    expect(seen(history)).toEqual(seen(uninterrupted));
    await server.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
