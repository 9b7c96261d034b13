import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advanceClock } from '../testing/clock-arrival.js';
import { type RunningSandbox, runSandbox } from '../testing/running-sandbox.js';

const key = 'sk_test_olderrequests';
const dahlia = '2026-03-25.dahlia';
const clover = '2025-09-30.clover';
let sandbox: RunningSandbox;
let latest: Stripe;
let clock: Stripe.TestHelpers.TestClock;
let customer: Stripe.Customer;
let price: Stripe.Price;

beforeAll(async () => {
  sandbox = await runSandbox();
  latest = sandbox.stripe(key);
  // It stands still but where a test moves it: otherwise a second passes between two requests now and then.
  clock = await latest.testHelpers.testClocks.create({ frozen_time: Date.UTC(2030, 0, 1) / 1000 });
  customer = await latest.customers.create({
    test_clock: clock.id,
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });
  price = await latest.prices.create({
    currency: 'usd',
    unit_amount: 3000,
    recurring: { interval: 'month' },
    product_data: { name: 'Hosting' },
  });
});
afterAll(async () => {
  expect(sandbox.contractMisfits()).toEqual([]);
  await sandbox.close();
});

const older = (apiVersion: string): Stripe => sandbox.stripe(key, { apiVersion } as Stripe.StripeConfig);
const begin = () => latest.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
/** As the SDKs of those versions have it. */
const asThen = <T>(params: object): T => params as unknown as T;

describe('behaviour 14: what older versions say in another shape is understood, and refused from its change on', () => {
  it.each([clover, dahlia])('the anchor of a subscription is a word, in %s', async (version) => {
    const { id } = await begin();
    const reset = asThen<Stripe.SubscriptionUpdateParams>({ billing_cycle_anchor: 'now' });
    const before = await latest.subscriptions.retrieve(id);
    const { frozen_time: now } = await latest.testHelpers.testClocks.retrieve(clock.id);
    await advanceClock(latest, clock.id, now + 86_400);
    const moved = await older(version).subscriptions.update(id, reset);
    expect(moved.billing_cycle_anchor).toBe(before.billing_cycle_anchor + 86_400);
    await expect(latest.subscriptions.update(id, reset)).rejects.toMatchObject({ param: 'billing_cycle_anchor' });
    const kept = asThen<Stripe.SubscriptionUpdateParams>({ billing_cycle_anchor: 'later' });
    await expect(older(version).subscriptions.update(id, kept)).rejects.toMatchObject({
      statusCode: 400,
      param: 'billing_cycle_anchor',
    });
  });

  it('the anchor of a preview is a word or a time, until endive', async () => {
    const { id } = await begin();
    const preview = (stripe: Stripe, anchor: unknown) =>
      stripe.invoices.createPreview(
        asThen<Stripe.InvoiceCreatePreviewParams>({
          subscription: id,
          subscription_details: { billing_cycle_anchor: anchor },
        }),
      );
    const asObject = await preview(latest, { type: 'now' });
    const asWord = await preview(older(dahlia), 'now');
    expect([asWord.total, asWord.lines.data.length]).toEqual([asObject.total, asObject.lines.data.length]);
    await expect(preview(latest, 'now')).rejects.toMatchObject({
      param: 'subscription_details[billing_cycle_anchor]',
    });
  });

  it('a link to onboarding names the configurations it asks for, until endive', async () => {
    const account = await latest.v2.core.accounts.create({
      contact_email: 'jo@example.com',
      dashboard: 'full',
      identity: { country: 'us' },
      configuration: { merchant: {} },
      defaults: { responsibilities: { fees_collector: 'stripe', losses_collector: 'stripe' } },
    });
    const link = asThen<Stripe.V2.Core.AccountLinkCreateParams>({
      account: account.id,
      use_case: {
        type: 'account_onboarding',
        account_onboarding: { configurations: ['merchant'], refresh_url: 'https://shop.example/again' },
      },
    });
    expect((await older(dahlia).v2.core.accountLinks.create(link)).url).toMatch(/^http/);
    await expect(latest.v2.core.accountLinks.create(link)).rejects.toMatchObject({
      code: 'parameter_unknown',
      param: 'use_case[account_onboarding][configurations]',
    });
  });
});
