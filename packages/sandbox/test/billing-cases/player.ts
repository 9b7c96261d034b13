import type Stripe from 'stripe';
import { expect } from 'vitest';
import { advanceClock } from '../../src/testing/clock-arrival.js';
import type { BillingCase, Expected, Params, Step } from './billing-case.js';
import { found } from './found.js';
import { type Known, resolved, secondsOf } from './references.js';

const daySeconds = 86_400;
/** Two of the shortest intervals, which is as far as a clock goes at once: https://docs.stripe.com/api/test_clocks/advance */
const hopDays = { day: 2, week: 14, month: 56, year: 730 };
const hopsMax = 400;

/** Plays one case on a clock of its own and holds each step to what it expects. */
export const playCase = async (stripe: Stripe, played: BillingCase): Promise<void> => {
  const player = new Player(stripe, played);
  await player.prepare();
  for (const [index, step] of played.steps.entries()) await player.play(step, index + 1);
};

class Player {
  readonly #stripe: Stripe;
  readonly #case: BillingCase;
  readonly #prices: Record<string, string> = {};
  readonly #coupons: Record<string, string> = {};
  readonly #rates: Record<string, string> = {};
  #clock = '';
  #now: number;
  #customer = '';
  #subscription: string | undefined;

  constructor(stripe: Stripe, played: BillingCase) {
    this.#stripe = stripe;
    this.#case = played;
    this.#now = secondsOf(played.start);
  }

  async prepare(): Promise<void> {
    const { card = 'pm_card_visa', ...fields } = this.#case.customer ?? {};
    const clock = await this.#stripe.testHelpers.testClocks.create({ frozen_time: this.#now });
    this.#clock = clock.id;
    for (const [name, price] of Object.entries(this.#case.prices))
      this.#prices[name] = await this.#priceOf(name, price);
    for (const [name, coupon] of Object.entries(this.#case.coupons ?? {})) {
      this.#coupons[name] = (await this.#stripe.coupons.create(coupon as Stripe.CouponCreateParams)).id;
    }
    for (const [name, rate] of Object.entries(this.#case.rates ?? {})) {
      this.#rates[name] = (await this.#stripe.taxRates.create(rate as unknown as Stripe.TaxRateCreateParams)).id;
    }
    const method = card === null ? {} : { payment_method: card, invoice_settings: { default_payment_method: card } };
    const customer = { test_clock: this.#clock, email: 'jo@example.com', ...method, ...fields };
    this.#customer = (await this.#stripe.customers.create(customer as Stripe.CustomerCreateParams)).id;
  }

  async #priceOf(name: string, price: Params): Promise<string> {
    const recurring = price.recurring as Stripe.PriceCreateParams.Recurring | undefined;
    const meter = recurring?.usage_type === 'metered' ? { meter: await this.#meterOf(name) } : {};
    const params = {
      currency: 'usd',
      product_data: { name },
      ...price,
      ...(recurring === undefined ? {} : { recurring: { ...recurring, ...meter } }),
    };
    return (await this.#stripe.prices.create(params as unknown as Stripe.PriceCreateParams)).id;
  }

  async #meterOf(name: string): Promise<string> {
    const meter = await this.#stripe.billing.meters.create({
      display_name: name,
      event_name: this.#counted(name),
      default_aggregation: { formula: 'sum' },
    });
    return meter.id;
  }

  /** No other active meter may listen to the name, and cases share an account. */
  #counted(price: string): string {
    return `${price}_${this.#clock}`;
  }

  async play(step: Step, number: number): Promise<void> {
    if (step.at !== undefined) await this.#advance(secondsOf(step.at));
    const known = await this.#known();
    let preview: Stripe.Invoice | undefined;
    const doing = async (): Promise<void> => {
      preview = await this.#do(step, known);
    };
    if (step.refused !== undefined) {
      const { status = 400, param } = step.refused;
      const refusal = { statusCode: status, ...(param === undefined ? {} : { param }) };
      await expect(doing(), `step ${number} is refused`).rejects.toMatchObject(refusal);
    } else {
      await doing();
    }
    if (step.expect !== undefined) await this.#hold(step.expect, preview, number);
  }

  async #known(): Promise<Known> {
    const items =
      this.#subscription === undefined
        ? []
        : (await this.#stripe.subscriptions.retrieve(this.#subscription)).items.data;
    return {
      prices: this.#prices,
      coupons: this.#coupons,
      rates: this.#rates,
      items: [...items].sort(byCreation).map((item) => item.id),
      customer: this.#customer,
      subscription: this.#subscription,
    };
  }

  async #do(step: Step, known: Known): Promise<Stripe.Invoice | undefined> {
    const { subscriptions } = this.#stripe;
    const id = this.#subscription ?? '';
    if (step.create !== undefined) {
      const mode = this.#case.mode === undefined ? {} : { billing_mode: { type: this.#case.mode } };
      const params = { customer: this.#customer, ...mode, ...resolved(step.create, known) };
      this.#subscription = (await subscriptions.create(params as unknown as Stripe.SubscriptionCreateParams)).id;
    }
    if (step.update !== undefined) await subscriptions.update(id, resolved(step.update, known));
    if (step.cancel !== undefined) await subscriptions.cancel(id, resolved(step.cancel, known));
    if (step.resume !== undefined) await subscriptions.resume(id, resolved(step.resume, known));
    if (step.deleteItem !== undefined) {
      const { item, ...params } = step.deleteItem;
      await this.#stripe.subscriptionItems.del(known.items[item] ?? '', resolved(params, known));
    }
    if (step.balanceBy !== undefined) {
      const change = { amount: step.balanceBy, currency: 'usd' };
      await this.#stripe.customers.createBalanceTransaction(this.#customer, change);
    }
    if (step.usage !== undefined) await this.#use(...step.usage);
    if (step.card !== undefined) await this.#changeCard(step.card);
    if (step.payNewest === true) await this.#stripe.invoices.pay(await this.#newest());
    if (step.voidNewest === true) await this.#stripe.invoices.voidInvoice(await this.#newest());
    if (step.preview === undefined) return undefined;
    return this.#stripe.invoices.createPreview(resolved(step.preview, known) as Stripe.InvoiceCreatePreviewParams);
  }

  async #use(price: string, units: number): Promise<void> {
    await this.#stripe.billing.meterEvents.create({
      event_name: this.#counted(price),
      payload: { stripe_customer_id: this.#customer, value: String(units) },
      timestamp: this.#now,
    });
  }

  async #changeCard(token: string): Promise<void> {
    const method = await this.#stripe.paymentMethods.attach(token, { customer: this.#customer });
    const settings = { invoice_settings: { default_payment_method: method.id } };
    await this.#stripe.customers.update(this.#customer, settings);
  }

  async #newest(): Promise<string> {
    const { data } = await this.#stripe.invoices.list({ customer: this.#customer, limit: 1 });
    return data[0]?.id ?? '';
  }

  async #advance(to: number): Promise<void> {
    const intervals = Object.values(this.#case.prices).map((price) => intervalOf(price));
    const hop = Math.min(...intervals.map((interval) => hopDays[interval])) * daySeconds;
    for (let hops = 0; this.#now < to; hops += 1) {
      if (hops === hopsMax) throw new Error('too far for one step');
      this.#now = Math.min(to, this.#now + hop);
      await advanceClock(this.#stripe, this.#clock, this.#now);
    }
  }

  async #hold(expected: Expected, preview: Stripe.Invoice | undefined, number: number): Promise<void> {
    const ids = { customer: this.#customer, subscription: this.#subscription };
    const seen = await found(this.#stripe, ids, { expected, preview });
    expect(seen, `after step ${number}`).toEqual(inOrder(expected));
  }
}

const intervalOf = (price: Params): keyof typeof hopDays => {
  const recurring = price.recurring as { interval: keyof typeof hopDays } | undefined;
  return recurring?.interval ?? 'year';
};

/** Lines and pending items have no order that a page names. */
const inOrder = (expected: Expected): Expected => ({
  ...expected,
  ...(expected.lines === undefined ? {} : { lines: [...expected.lines].sort(byAmount) }),
  ...(expected.pending === undefined ? {} : { pending: [...expected.pending].sort(byAmount) }),
});

const byAmount = (one: unknown, other: unknown): number => amountOf(one) - amountOf(other);
const amountOf = (line: unknown): number => (Array.isArray(line) ? Number(line[0]) : Number(line));

const byCreation = (one: Stripe.SubscriptionItem, other: Stripe.SubscriptionItem): number =>
  one.created - other.created;
