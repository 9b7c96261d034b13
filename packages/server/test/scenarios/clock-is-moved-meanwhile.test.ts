import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { control } from '../connection-story.js';
import { InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

const DAY = 24 * 3_600_000;
const STANDS_AT = '2027-01-01T00:00:00Z';
/** As many as Stripe shows on one page: what is looked for is on the next. */
const OTHERS = 100;

describe.each(testDatabases())('the clock is moved between a call and the search for it, on %s', (database) => {
  let world: World;
  let story: InvoiceStory;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: STANDS_AT });
    story = new InvoiceStory(world);
    await world.connect(STRIPE_KEY);
  });
  afterEach(() => world.close());

  /** The environment and its account stay at new year, and the machine goes on for two months. */
  async function stayBehind(): Promise<void> {
    await world.context.db.query({
      text: `update environments set clock_mode = 'frozen', clock_frozen_at = $1 where kind = 'test'`,
      values: [STANDS_AT],
    });
    control(world, 'clock', { key: STRIPE_KEY, now: Date.parse(STANDS_AT) / 1000 });
    world.clock.advance(60 * DAY);
    await world.quiet();
    world.pushReaches = false;
  }

  async function catchUp(): Promise<void> {
    await world.context.db.query({ text: `update environments set clock_mode = 'real', clock_frozen_at = null` });
    control(world, 'clock', { key: STRIPE_KEY, now: Math.ceil(world.clock.machineNow() / 1000), mode: 'real' });
    await world.advance(4 * 60_000, 5_000);
  }

  test('a charge made by the clock of before is found, and never made twice', async () => {
    const customer = await story.customerWithCard('pm_card_visa');
    await stayBehind();
    world.sandbox.faults.add({ kind: 'cut_after_commit', request: 'POST /v1/payment_intents', times: 1 });
    const invoice = await story.makeInvoice(customer, 1500);
    await world.quiet();
    await world.context.db.query({ text: `update payments set key_used_at = key_used_at - interval '23 hours'` });
    const stripe = world.stripe(STRIPE_KEY);
    for (let other = 0; other < OTHERS; other += 1) {
      await stripe.paymentIntents.create({
        amount: 999,
        currency: 'eur',
        customer: String(customer.provider_customer_id),
      });
    }
    await catchUp();
    const charges = (await stripe.charges.list({ limit: 100 })).data;
    expect(charges).toMatchObject([{ amount: 1500, metadata: { tollbridge_invoice: invoice.id } }]);
    expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ status: 'paid' });
  });

  test('CUS-5: a customer made by the clock of before is found, and never made twice', async () => {
    await stayBehind();
    world.sandbox.faults.add({ kind: 'cut_after_commit', request: 'POST /v1/customers', times: 1 });
    const customer = await story.linkedCustomer();
    await world.context.db.query({
      text: `update customers set provider_begun_at = provider_begun_at - interval '23 hours'`,
    });
    const stripe = world.stripe(STRIPE_KEY);
    for (let other = 0; other < OTHERS; other += 1) await stripe.customers.create({ name: `Other ${other}` });
    await catchUp();
    const all = await stripe.customers.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 });
    const stamped = all.filter(({ metadata }) => metadata.tollbridge_customer === customer.id);
    expect(stamped).toHaveLength(1);
    expect(await story.get(`/v1/customers/${customer.id}`)).toMatchObject({ provider_customer_id: stamped[0]?.id });
  });
});
