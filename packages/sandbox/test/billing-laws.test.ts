import { describe, expect, test } from 'vitest';
import { createCheckedSandbox } from '../src/testing/checked-sandbox.js';
import { seeded } from '../src/testing/running-sandbox.js';

const KEY = 'sk_test_laws';
const HISTORIES = 8;
const STEPS = 45;
const startMs = Date.UTC(2031, 0, 31);
const hourMs = 3_600_000;

interface Thing {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** One customer's invoices, moved at random: what is refused is refused, and the laws hold after each step. */
class History {
  #now = startMs;
  readonly #random: () => number;
  readonly #sandbox;
  readonly customer: string;

  constructor(seed: number) {
    this.#random = seeded(seed);
    this.#sandbox = createCheckedSandbox({ now: () => this.#now, random: seeded(seed + 1) });
    const fields = `email=jo@example.com&payment_method=pm_card_visa&balance=${this.pick([0, -700, 300])}`;
    this.customer = this.call('POST', '/v1/customers', fields).id;
    this.#chooseMethod();
  }

  call(method: string, url: string, body = ''): Thing {
    const answer = this.#sandbox.handle({ method, url, headers: { authorization: `Bearer ${KEY}` }, body });
    if (answer.kind === 'cut') throw new Error('cut');
    expect([answer.status < 500, answer.body]).toEqual([true, answer.body]);
    return JSON.parse(answer.body) as Thing;
  }

  all(url: string): Thing[] {
    const { data, has_more } = this.call('GET', `${url}${url.includes('?') ? '&' : '?'}limit=100`);
    expect(has_more).toBe(false);
    return data as Thing[];
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.#random() * choices.length)] as T;
  }

  #chooseMethod(): void {
    const token = this.pick(['pm_card_visa', 'pm_card_chargeCustomerFail', 'pm_card_authenticationRequired']);
    const { id } = this.call('POST', `/v1/payment_methods/${token}/attach`, `customer=${this.customer}`);
    this.call('POST', `/v1/customers/${this.customer}`, `invoice_settings[default_payment_method]=${id}`);
  }

  step(): void {
    const invoices = this.all('/v1/invoices');
    // Of a state first: otherwise most are those in which nothing more can happen.
    const state = this.pick(['draft', 'open', 'open', 'paid', 'uncollectible']);
    const found = invoices.filter(({ status }) => status === state);
    const id = found.length === 0 ? 'in_none' : this.pick(found).id;
    const invoice = `/v1/invoices/${id}`;
    const amount = this.pick([20, 49, 50, 999, 2500, -300]);
    const moves: readonly (() => unknown)[] = [
      () => this.call('POST', '/v1/invoiceitems', `customer=${this.customer}&amount=${amount}&currency=usd`),
      () => this.#draft(Math.abs(amount)),
      () => this.#draft(2500),
      () => this.call('POST', `${invoice}/finalize`),
      () =>
        this.call('POST', `${invoice}/pay`, this.pick(['', 'payment_method=pm_card_visa', 'paid_out_of_band=true'])),
      () => this.call('POST', `${invoice}/void`),
      () => this.call('POST', `${invoice}/mark_uncollectible`),
      () => this.call('POST', `${invoice}/add_lines`, `lines[0][amount]=${amount}`),
      () => this.call('POST', '/v1/credit_notes', `invoice=${id}&amount=${this.pick([10, 40, 900, 2500])}`),
      () =>
        this.call(
          'POST',
          '/v1/credit_notes',
          `invoice=${id}&amount=${Math.abs(amount)}&${this.pick(['refund', 'credit', 'out_of_band'])}_amount=${Math.abs(amount)}`,
        ),
      () => this.#attach(invoice, Math.max(50, amount)),
      () => this.#voidSomeCredit(),
      () => this.#creditMoreThanRemains(invoices),
      () => this.#chooseMethod(),
      () => {
        this.#now += this.pick([1, 2, 30]) * hourMs;
        this.#sandbox.tick(this.#now);
      },
    ];
    this.pick(moves)();
  }

  #draft(amount: number): void {
    this.call('POST', '/v1/invoiceitems', `customer=${this.customer}&amount=${amount}&currency=usd`);
    const advances = `auto_advance=${this.pick(['true', 'false'])}`;
    const included = 'pending_invoice_items_behavior=include';
    const { id } = this.call('POST', '/v1/invoices', `customer=${this.customer}&${included}&${advances}`);
    if (this.pick([true, false])) this.call('POST', `/v1/invoices/${id}/finalize`);
  }

  #attach(invoice: string, amount: number): void {
    const paying = `amount=${amount}&currency=usd&customer=${this.customer}&payment_method=pm_card_visa&confirm=true&off_session=true`;
    const intent = this.call('POST', '/v1/payment_intents', paying);
    this.call('POST', `${invoice}/attach_payment`, `payment_intent=${intent.id}`);
  }

  #creditMoreThanRemains(invoices: readonly Thing[]): void {
    const partly = invoices.find((one) => one.status === 'open' && number(one, 'amount_paid') > 10);
    if (partly === undefined) return;
    const amount = number(partly, 'amount_remaining') + 10;
    this.call('POST', '/v1/credit_notes', `invoice=${partly.id}&amount=${amount}&credit_amount=10`);
  }

  #voidSomeCredit(): void {
    const open = new Set(this.all('/v1/invoices?status=open').map(({ id }) => id));
    const notes = this.all('/v1/credit_notes').filter((note) => open.has(String(note.invoice)));
    if (notes.length > 0) this.call('POST', `/v1/credit_notes/${this.pick(notes).id}/void`);
  }
}

const number = (thing: Thing, field: string): number => Number(thing[field]);
const sum = (things: readonly Thing[], field: string): number =>
  things.reduce((total, thing) => total + number(thing, field), 0);

const requireLaws = (history: History): void => {
  const moved = history.all(`/v1/customers/${history.customer}/balance_transactions`);
  expect(number(history.call('GET', `/v1/customers/${history.customer}`), 'balance')).toBe(sum(moved, 'amount'));
  for (const invoice of history.all('/v1/invoices')) {
    const due = number(invoice, 'amount_due');
    expect([invoice, due]).toEqual([invoice, number(invoice, 'amount_paid') + number(invoice, 'amount_remaining')]);
    if (invoice.status === 'draft') continue;
    const before = number(invoice, 'total') - number(invoice, 'pre_payment_credit_notes_amount');
    const left = number(invoice, 'ending_balance') - number(invoice, 'starting_balance');
    expect([invoice, before]).toEqual([invoice, due + left]);
    const isPaid = number(invoice, 'amount_remaining') === 0;
    if (invoice.status !== 'void') expect([invoice, invoice.status === 'paid']).toEqual([invoice, isPaid]);
    requirePayments(history, invoice);
  }
};

/** What is still to pay is asked for once, by the intent that was made for it, and nothing else is asked for. */
const requirePayments = (history: History, invoice: Thing): void => {
  const payments = history.all(`/v1/invoice_payments?invoice=${invoice.id}`);
  const open = payments.filter((payment) => payment.status === 'open' && payment.is_default === true);
  const isAsked = invoice.status === 'open' || invoice.status === 'uncollectible';
  expect([invoice, open.map((payment) => payment.amount_requested)]).toEqual([
    invoice,
    isAsked ? [invoice.amount_remaining] : [],
  ]);
  for (const payment of open) {
    const { payment_intent: id } = payment.payment as { payment_intent: string };
    const intent = history.call('GET', `/v1/payment_intents/${id}`);
    expect([invoice, intent.amount]).toEqual([invoice, invoice.amount_remaining]);
  }
  const byMoney = sum(
    payments.filter((payment) => payment.status === 'paid'),
    'amount_paid',
  );
  const elsewhere = number(invoice, 'amount_paid_off_stripe') || 0;
  expect([invoice, number(invoice, 'amount_paid')]).toEqual([invoice, byMoney + elsewhere]);
};

/** What was reached by all histories together: laws over nothing would hold too. */
const reached = new Map<string, number>();
const note = (name: string): unknown => reached.set(name, (reached.get(name) ?? 0) + 1);

describe('behaviours 46, 49, 62: whatever happens to invoices, their sums hold', () => {
  test.each(Array.from({ length: HISTORIES }, (_, seed) => ({ seed })))('history $seed', ({ seed }) => {
    const history = new History(seed);
    for (let step = 0; step < STEPS; step += 1) {
      history.step();
      requireLaws(history);
      for (const invoice of history.all('/v1/invoices')) note(String(invoice.status));
      for (const credit of history.all('/v1/credit_notes')) note(`${credit.type} ${credit.status}`);
    }
  });

  test('and enough happened', () => {
    const names = ['draft', 'open', 'paid', 'void', 'uncollectible', 'pre_payment issued'];
    for (const name of names) {
      expect([name, (reached.get(name) ?? 0) > 0]).toEqual([name, true]);
    }
  });
});
