import type { SandboxAnswer } from '../../src/answer.js';
import type { JournalEntry } from '../../src/journal.js';
import type { Sandbox } from '../../src/sandbox.js';
import { createCheckedSandbox } from '../../src/testing/checked-sandbox.js';
import { seeded } from '../../src/testing/running-sandbox.js';
import { latestVersion } from '../../src/versions.js';
import { formText } from './form-text.js';
import type { Known } from './parameters.js';
import type { Value } from './rubbish.js';

export const KEY = 'sk_test_garbage';
const STARTS_AT = Date.parse('2027-03-01T09:00:00Z');

export interface Thrown {
  readonly method: string;
  readonly url: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  /** Null when it is no JSON. */
  readonly json: Readonly<Record<string, unknown>> | null;
  /** What was written while it was answered. */
  readonly written: readonly JournalEntry[];
}

/** A sandbox that holds one of each, its clock standing still: whatever is written was written by what was thrown. */
export class FilledSandbox {
  readonly sandbox: Sandbox;
  readonly known: Known;
  #written: JournalEntry[] = [];
  #now = STARTS_AT;

  constructor() {
    this.sandbox = createCheckedSandbox({
      now: () => this.#now,
      random: seeded(7),
      journal: { append: (entry) => this.#written.push(entry) },
    });
    this.known = this.#fill();
    // What follows by itself from what was made has followed.
    this.#now += 3_600_000;
    this.sandbox.tick(this.#now);
    this.throw({ method: 'GET', url: '/v1/account' });
  }

  throw({ method, url, body = '', headers = {} }: Thrown): Reply {
    this.#written = [];
    const answer = this.sandbox.handle({
      method,
      url,
      body,
      headers: { authorization: `Bearer ${KEY}`, 'stripe-version': latestVersion, ...headers },
    });
    return replyOf(answer, this.#written);
  }

  #made(url: string, fields: Readonly<Record<string, Value>>): { readonly id: string } & Record<string, unknown> {
    const isJson = url.startsWith('/v2/');
    const { status, json, text } = this.throw({
      method: 'POST',
      url,
      body: isJson ? JSON.stringify(fields) : formText(fields),
    });
    if (json === null || status >= 300) throw new Error(`POST ${url} was answered ${status}: ${text.slice(0, 300)}`);
    return json as { readonly id: string };
  }

  #fill(): Known {
    const known = new Map<string, string[]>();
    const note = (name: string, id: unknown) => known.set(name, [...(known.get(name) ?? []), String(id)]);
    const customer = this.#made('/v1/customers', { email: 'jo@example.com', metadata: { a: 'x' } });
    const other = this.#made('/v1/customers', { name: 'Other' });
    const method = this.#made('/v1/payment_methods/pm_card_visa/attach', { customer: customer.id });
    const declining = this.#made('/v1/payment_methods', { type: 'card', card: { token: 'tok_chargeDeclined' } });
    const paid = this.#made('/v1/payment_intents', {
      amount: 2_000,
      currency: 'eur',
      customer: customer.id,
      payment_method: method.id,
      confirm: true,
      off_session: true,
    });
    const open = this.#made('/v1/payment_intents', { amount: 3_000, currency: 'usd', customer: other.id });
    const held = this.#made('/v1/payment_intents', {
      amount: 900,
      currency: 'eur',
      customer: customer.id,
      payment_method: method.id,
      confirm: true,
      off_session: true,
      capture_method: 'manual',
    });
    const setup = this.#made('/v1/setup_intents', { customer: customer.id });
    const refund = this.#made('/v1/refunds', { payment_intent: paid.id, amount: 100 });
    const product = this.#made('/v1/products', { name: 'Seat' });
    const price = this.#made('/v1/prices', { product: product.id, currency: 'eur', unit_amount: 500 });
    const line = { price: price.id, quantity: 2 };
    const back = 'https://host.example/back';
    const session = this.#made('/v1/checkout/sessions', {
      mode: 'payment',
      line_items: [line],
      success_url: back,
      customer: customer.id,
    });
    const setupPage = this.#made('/v1/checkout/sessions', {
      mode: 'setup',
      currency: 'eur',
      success_url: back,
      customer: other.id,
    });
    const endpoint = this.#made('/v1/webhook_endpoints', { url: 'https://host.example/hook', enabled_events: ['*'] });
    const merchant = { capabilities: { card_payments: { requested: true } } };
    const account = this.#made('/v2/core/accounts', { contact_email: 'a@example.com', configuration: { merchant } });
    for (const name of ['account', 'stripe_user_id']) note(name, account.id);
    const coupon = this.#made('/v1/coupons', { percent_off: 10 });
    const code = this.#made('/v1/promotion_codes', { promotion: { type: 'coupon', coupon: coupon.id } });
    const credit = this.#made(`/v1/customers/${customer.id}/balance_transactions`, { amount: -500, currency: 'eur' });
    const taxId = this.#made('/v1/tax_ids', { type: 'eu_vat', value: 'DE123456789' });
    const meter = this.#made('/v1/billing/meters', {
      display_name: 'Calls',
      event_name: 'call',
      default_aggregation: { formula: 'sum' },
    });
    const usage = { stripe_customer_id: customer.id, value: '5' };
    this.#made('/v1/billing/meter_events', { event_name: 'call', payload: usage, identifier: 'one' });
    const portal = this.#made('/v1/billing_portal/configurations', {
      features: { invoice_history: { enabled: true } },
    });
    const destination = this.#made('/v2/core/event_destinations', {
      name: 'Thin',
      type: 'webhook_endpoint',
      event_payload: 'thin',
      enabled_events: ['v1.customer.created'],
      webhook_endpoint: { url: 'https://host.example/thin' },
    });
    const bank = this.#made(`/v1/customers/${other.id}/sources`, { source: 'btok_us' });
    const funds = { amount: 500, currency: 'usd' };
    const cash = this.#made(`/v1/test_helpers/customers/${other.id}/fund_cash_balance`, funds);
    note('source', bank.id);
    note('cash_balance_transaction', cash.id);
    note('coupon', coupon.id);
    note('promotion_code', code.id);
    note('balance_transaction', credit.id);
    note('tax_id', taxId.id);
    note('meter', meter.id);
    note('event_name', 'call');
    note('identifier', 'one');
    note('configuration', portal.id);
    note('event_destination', destination.id);
    note('customer', customer.id);
    note('customer', other.id);
    for (const name of ['payment_method', 'default_payment_method'])
      for (const one of [method, declining]) note(name, one.id);
    for (const name of ['payment_method'])
      for (const token of ['pm_card_visa', 'pm_card_authenticationRequired']) note(name, token);
    for (const one of [paid, open, held]) note('payment_intent', one.id);
    note('charge', paid.latest_charge);
    note('setup_intent', setup.id);
    note('refund', refund.id);
    note('product', product.id);
    note('price', price.id);
    for (const one of [session, setupPage]) note('session', one.id);
    for (const one of [session, setupPage]) note('page', one.url);
    for (const page of this.#connectPages(account.id, back)) note('page', page);
    note('webhook_endpoint', endpoint.id);
    this.#fillBilling(customer.id, note);
    this.#fillSubscriptions(product.id, note);
    for (const after of ['starting_after', 'ending_before'])
      for (const one of [customer, paid, open]) note(after, one.id);
    for (const type of ['event', 'balance_transaction'])
      for (const one of this.#listed(`/v1/${type}s`).slice(0, 3)) note(type, one);
    return known;
  }

  /** Each page of an onboarding, and the page of consent. */
  #connectPages(account: string, back: string): string[] {
    const account_onboarding = { refresh_url: back, return_url: back };
    const link = this.#made('/v2/core/account_links', {
      account,
      use_case: { type: 'account_onboarding', account_onboarding },
    });
    const begun = this.sandbox.handle({
      method: 'GET',
      url: new URL(String(link.url)).pathname,
      headers: {},
      body: '',
    });
    const first = begun.kind === 'response' ? (begun.headers.location ?? '') : '';
    const settings = this.sandbox.handle({
      method: 'POST',
      url: '/_sandbox/applications',
      headers: {},
      body: JSON.stringify({ key: KEY, redirect_uris: [back] }),
    });
    const { client_id } = settings.kind === 'response' ? JSON.parse(settings.body) : { client_id: '' };
    return [
      ...['email', 'business', 'person', 'bank', 'review'].map((step) => first.replace(/email$/, step)),
      `${new URL(first).origin}/oauth/authorize?client_id=${client_id}&response_type=code&state=x`,
    ];
  }

  /** An invoice in each of three states, and what hangs on them. */
  #fillBilling(customer: string, note: (name: string, id: unknown) => void): void {
    const clock = this.#made('/v1/test_helpers/test_clocks', { frozen_time: STARTS_AT / 1000 });
    const onClock = this.#made('/v1/customers', { test_clock: clock.id });
    const rate = this.#made('/v1/tax_rates', { display_name: 'VAT', percentage: 19, inclusive: false });
    const coupon = this.#made('/v1/coupons', { percent_off: 10, duration: 'once' });
    const items = ['draft', 'open', 'paid', 'clock'].map((place) => {
      const holder = place === 'clock' ? onClock.id : customer;
      const invoice = this.#made('/v1/invoices', { customer: holder, currency: 'eur' });
      const item = this.#made('/v1/invoiceitems', { invoice: invoice.id, amount: 5_000, currency: 'eur' });
      if (place === 'open') this.#made(`/v1/invoices/${invoice.id}/finalize`, {});
      if (place === 'paid') this.#made(`/v1/invoices/${invoice.id}/pay`, { payment_method: 'pm_card_visa' });
      note('invoice', invoice.id);
      note('invoice_line_item', this.#listed(`/v1/invoices/${invoice.id}/lines`)[0]);
      note('line', this.#listed(`/v1/invoices/${invoice.id}/lines`)[0]);
      return { invoice, item };
    });
    const waiting = this.#made('/v1/invoiceitems', { customer, amount: 700, currency: 'eur' });
    for (const { item } of [...items, { item: waiting }]) {
      for (const name of ['invoiceitem', 'invoice_item']) note(name, item.id);
    }
    const note1 = this.#made('/v1/credit_notes', { invoice: items[1]?.invoice.id ?? '', amount: 100 });
    note('credit_note', note1.id);
    for (const id of this.#listed('/v1/invoice_payments')) note('invoice_payment', id);
    note('test_clock', clock.id);
    for (const name of ['tax_rates', 'default_tax_rates', 'tax_rate']) note(name, rate.id);
    note('coupon', coupon.id);
    note('customer', onClock.id);
  }

  /** One that is paid for, one in its trial, one that nobody paid for, and one that is paused. */
  #fillSubscriptions(product: string, note: (name: string, id: unknown) => void): void {
    const every = (interval: string, unit_amount: number) =>
      this.#made('/v1/prices', { product, currency: 'eur', unit_amount, recurring: { interval } }).id;
    const [month, year] = [every('month', 1_000), every('year', 9_000)];
    const { id: customer } = this.#made('/v1/customers', {
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    });
    const begun = (fields: Readonly<Record<string, Value>>) =>
      this.#made('/v1/subscriptions', { customer, items: [{ price: month, quantity: 2 }, { price: year }], ...fields });
    const paused = begun({ billing_mode: { type: 'flexible' } });
    this.#made(`/v1/subscriptions/${paused.id}/pause`, {});
    const made = [
      begun({}),
      begun({ trial_period_days: 10 }),
      begun({ payment_behavior: 'default_incomplete' }),
      begun({ collection_method: 'send_invoice', days_until_due: 5 }),
      paused,
    ];
    for (const one of made) {
      note('subscription', one.id);
      for (const id of this.#listed(`/v1/subscription_items?subscription=${one.id}`)) {
        note('item', id);
        note('id', id);
      }
    }
    for (const price of [month, year]) note('price', price);
    note('customer', customer);
  }

  #listed(url: string): string[] {
    const { data } = this.throw({ method: 'GET', url }).json as { readonly data: readonly { readonly id: string }[] };
    return data.map(({ id }) => id);
  }
}

const replyOf = (answer: SandboxAnswer, written: readonly JournalEntry[]): Reply => {
  if (answer.kind === 'cut') return { status: 0, text: '', json: null, written };
  return { status: answer.status, text: answer.body, json: jsonOf(answer.body), written };
};

const jsonOf = (text: string): Readonly<Record<string, unknown>> | null => {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return null;
  }
};
