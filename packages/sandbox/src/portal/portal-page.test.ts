import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { confirming, everything, type Opened, type Opening, openPortal } from '../testing/opened-portal.js';
import { runSandbox } from '../testing/running-sandbox.js';
import { runSubscribing, type Subscribing } from '../testing/subscribing.js';

let subscribing: Subscribing;
let stripe: Stripe;

beforeAll(async () => {
  subscribing = await runSubscribing('portal');
  stripe = subscribing.stripe;
});
afterAll(() => subscribing.sandbox.close());
afterEach(() => expect(subscribing.sandbox.contractMisfits()).toEqual([]));

const text = async (url: string): Promise<string> => (await subscribing.sandbox.page(url)).text();
const submit = (url: string, fields: Record<string, string> = {}): Promise<Response> =>
  subscribing.sandbox.page(url, fields);

const open = (opening: Opening = {}): Promise<Opened> => openPortal(subscribing, opening);

const pageOf = ({ session }: Pick<Opened, 'session'>, page: string, query = ''): string =>
  `${session.url}?page=${page}${query}`;

// Checked, 67: short-lived is documented: https://docs.stripe.com/api/customer_portal/sessions; five minutes and an
// hour are not, and are ours.
describe('behaviour 67: a session of the portal', () => {
  it('is one customer, at an address that cannot be guessed and does not stay open', async () => {
    const opened = await open();
    expect(opened.session).toMatchObject({ object: 'billing_portal.session', customer: opened.customer, flow: null });
    expect(await text(opened.session.url)).toContain('Metal, 10.00 USD / month');
    expect((await subscribing.sandbox.page(`${opened.session.url}x`)).status).toBe(404);
    // Five minutes unused, then an hour after each use.
    await subscribing.later(59 * 60);
    expect((await subscribing.sandbox.page(opened.session.url)).status).toBe(200);
    await subscribing.later(61 * 60);
    expect((await subscribing.sandbox.page(opened.session.url)).status).toBe(410);
    const unused = await open();
    await subscribing.later(5 * 60);
    const late = await subscribing.sandbox.page(unused.session.url);
    expect([late.status, await late.text()]).toEqual([410, expect.stringContaining('https://example.com/account')]);
  });

  it('tells of changes by events alone, like anything else', async () => {
    const opened = await open();
    await subscribing.news();
    await submit(pageOf(opened, 'cancel', `&subscription=${opened.subscription.id}`));
    expect(await subscribing.news()).toEqual(['customer.subscription.updated']);
  });

  it('may be recovered by whoever knows the email, until its deadline', async () => {
    const opened = await open({ session: { after_expiration: { type: 'customer_login' } } });
    expect(opened.session.after_expiration).toEqual({ type: 'customer_login', customer_login: null });
    await subscribing.later(600);
    expect((await subscribing.sandbox.page(opened.session.url)).status).toBe(410);
    expect((await submit(opened.session.url, { email: 'who@example.com' })).status).toBe(400);
    const answer = await submit(opened.session.url, { email: 'jo@example.com' });
    expect(answer.status).toBe(303);
    expect((await subscribing.sandbox.page(answer.headers.get('location') ?? '')).status).toBe(200);
  });

  it('is found again after a restart', async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'tollbridge-portal-'));
    const before = await runSandbox({ dataFolder });
    const own = before.stripe('sk_test_restart');
    const { id: customer } = await own.customers.create({ name: 'Jo' });
    await own.billingPortal.configurations.create({ features: { invoice_history: { enabled: true } } });
    const session = await own.billingPortal.sessions.create({ customer });
    await before.close();
    const after = await runSandbox({ dataFolder });
    const { pathname } = new URL(session.url);
    expect((await subscribing.sandbox.page(`${after.server.url}${pathname}`)).status).toBe(200);
    await after.close();
    rmSync(dataFolder, { recursive: true });
  });

  it('wants a customer, and a configuration that is there and active', async () => {
    const refused = stripe.billingPortal.sessions.create({ customer: 'cus_none' });
    await expect(refused).rejects.toMatchObject({ statusCode: 400, code: 'resource_missing', param: 'customer' });
    const bare = subscribing.sandbox.stripe('sk_test_portal_bare');
    const { id: customer } = await bare.customers.create({});
    await expect(bare.billingPortal.sessions.create({ customer })).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('default configuration has not been created'),
    });
  });
});

describe('payment methods in the portal', () => {
  it('are added, chosen and removed by form posts', async () => {
    const opened = await open();
    expect((await submit(pageOf(opened, 'payment_method'), { card: '5555555555554444', default: 'on' })).status).toBe(
      303,
    );
    const { data } = await stripe.paymentMethods.list({ customer: opened.customer });
    const [mastercard, visa] = data.map((method) => method.id);
    expect(await stripe.customers.retrieve(opened.customer)).toMatchObject({
      invoice_settings: { default_payment_method: mastercard },
    });
    await submit(pageOf(opened, 'default_payment_method'), { method: visa ?? '' });
    const refused = await submit(pageOf(opened, 'remove_payment_method'), { method: visa ?? '' });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('pays for a subscription')]);
    await submit(pageOf(opened, 'remove_payment_method'), { method: mastercard ?? '' });
    expect((await stripe.paymentMethods.list({ customer: opened.customer })).data).toHaveLength(1);
  });

  it('are not kept when the bank declines, and nothing else is either', async () => {
    const opened = await open();
    const answer = await submit(pageOf(opened, 'payment_method'), { card: '4000000000000002' });
    expect([answer.status, await answer.text()]).toEqual([402, expect.stringContaining('Your card was declined.')]);
    expect((await stripe.paymentMethods.list({ customer: opened.customer })).data).toHaveLength(1);
  });

  it('a card that wants its holder leads to its bank and back', async () => {
    const opened = await open({ flow: () => ({ type: 'payment_method_update' }) });
    const challenge = (await submit(opened.session.url, { card: '4000002760003184' })).headers.get('location') ?? '';
    expect(challenge).toContain('/challenge/');
    const back = (await submit(challenge, { outcome: 'complete' })).headers.get('location') ?? '';
    expect(back.startsWith(opened.session.url)).toBe(true);
    expect((await subscribing.sandbox.page(back)).status).toBe(303);
    const { data } = await stripe.paymentMethods.list({ customer: opened.customer });
    expect(await stripe.customers.retrieve(opened.customer)).toMatchObject({
      invoice_settings: { default_payment_method: data[0]?.id },
    });
  });
});

describe('the customer in the portal', () => {
  it('changes what the configuration allows', async () => {
    const opened = await open();
    const given = { name: 'Jo Miller', email: 'jo@example.org', line1: '1 Road', country: 'FR' };
    expect((await submit(pageOf(opened, 'customer'), given)).status).toBe(303);
    expect(await stripe.customers.retrieve(opened.customer)).toMatchObject({
      name: 'Jo Miller',
      email: 'jo@example.org',
      address: { line1: '1 Road', country: 'FR', city: null },
    });
    const wrong = await submit(pageOf(opened, 'customer'), { email: 'nobody' });
    expect([wrong.status, await wrong.text()]).toEqual([400, expect.stringContaining('aria-invalid="true"')]);
    expect((await submit(pageOf(opened, 'tax_id'), { type: 'eu_van', value: 'FRAB123456789' })).status).toBe(400);
    await submit(pageOf(opened, 'tax_id'), { type: 'eu_vat', value: 'FRAB123456789' });
    expect((await stripe.customers.listTaxIds(opened.customer)).data).toMatchObject([{ value: 'FRAB123456789' }]);
  });

  it('sees their invoices, each with its page', async () => {
    const opened = await open();
    const invoice = await subscribing.invoice(opened.subscription.latest_invoice);
    expect(await text(opened.session.url)).toContain(invoice.hosted_invoice_url ?? 'none');
  });

  it('is shown and given nothing that is switched off', async () => {
    const opened = await open({
      features: { payment_method_update: { enabled: false }, subscription_update: { enabled: false, products: '' } },
    });
    const home = await text(opened.session.url);
    for (const word of ['Payment methods', 'Billing information', 'Invoices', 'page=cancel', 'page=update'])
      expect(home).not.toContain(word);
    for (const page of ['payment_method', 'customer', 'tax_id', 'cancel', 'update', 'remove_payment_method'])
      expect((await submit(pageOf(opened, page), { subscription: opened.subscription.id })).status).toBe(403);
  });
});

describe('subscriptions in the portal', () => {
  it('are canceled at the end of the period, with a reason, and kept again', async () => {
    const opened = await open();
    const { id } = opened.subscription;
    const query = `&subscription=${id}`;
    expect(await text(pageOf(opened, 'cancel', query))).toContain('I do not use it enough');
    await submit(pageOf(opened, 'cancel', query), { feedback: 'unused', comment: 'Good bye' });
    // A flexible subscription ends by a date, not by the flag.
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
      status: 'active',
      cancel_at: opened.subscription.items.data[0]?.current_period_end,
      cancel_at_period_end: false,
      cancellation_details: { feedback: 'unused', comment: 'Good bye', reason: 'cancellation_requested' },
    });
    await submit(pageOf(opened, 'keep', query));
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ cancel_at: null });
  });

  it('of classic billing mode are canceled at the end of the period by the flag', async () => {
    const opened = await open({ subscription: { billing_mode: { type: 'classic' } } });
    await submit(pageOf(opened, 'cancel', `&subscription=${opened.subscription.id}`));
    expect(await stripe.subscriptions.retrieve(opened.subscription.id)).toMatchObject({ cancel_at_period_end: true });
  });

  it('are canceled at once where the configuration says so', async () => {
    const features = { ...everything, subscription_cancel: { enabled: true, mode: 'immediately' as const } };
    const opened = await open({ features });
    await submit(pageOf(opened, 'cancel', `&subscription=${opened.subscription.id}`));
    expect((await stripe.subscriptions.retrieve(opened.subscription.id)).status).toBe('canceled');
  });

  it('change price and quantity within the configuration, prorated as it says', async () => {
    const opened = await open();
    const query = `&subscription=${opened.subscription.id}`;
    const [, platinum] = opened.prices;
    expect(await text(pageOf(opened, 'update', query))).toContain('Metal, 30.00 USD / month');
    const tooMany = await submit(pageOf(opened, 'update', query), { price: platinum, quantity: '6' });
    expect([tooMany.status, await tooMany.text()]).toEqual([400, expect.stringContaining('at most 5')]);
    expect((await submit(pageOf(opened, 'update', query), { price: platinum, quantity: '2' })).status).toBe(303);
    const after = await stripe.subscriptions.retrieve(opened.subscription.id);
    expect(after.items.data).toMatchObject([{ price: { id: platinum }, quantity: 2 }]);
    expect(after.latest_invoice).not.toBe(opened.subscription.latest_invoice);
  });

  it('of a customer on a test clock change in its time', async () => {
    const frozen = Date.UTC(2031, 0, 10) / 1000;
    const clock = await subscribing.clock(frozen);
    const { id: customer } = await subscribing.customer('pm_card_visa', { test_clock: clock });
    const { id } = await subscribing.subscribe(customer, await subscribing.price(1000));
    const configuration = await stripe.billingPortal.configurations.create({ features: everything });
    const session = await stripe.billingPortal.sessions.create({ customer, configuration: configuration.id });
    await submit(pageOf({ session }, 'cancel', `&subscription=${id}`));
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
      canceled_at: frozen,
      cancel_at: Date.UTC(2031, 1, 10) / 1000,
    });
  });

  it('of another customer are nobody else’s', async () => {
    const [one, other] = [await open(), await open()];
    const answer = await submit(pageOf(one, 'cancel', `&subscription=${other.subscription.id}`));
    expect(answer.status).toBe(400);
    expect(await stripe.subscriptions.retrieve(other.subscription.id)).toMatchObject({ cancel_at: null });
  });
});

describe('flows of the portal', () => {
  it('lead to one step and from there to where they say', async () => {
    const opened = await open({
      flow: (about) => ({
        ...confirming(about),
        after_completion: { type: 'redirect', redirect: { return_url: 'https://example.com/thanks' } },
      }),
    });
    expect(opened.session.flow).toMatchObject({ type: 'subscription_update_confirm' });
    const page = await text(opened.session.url);
    expect(page).toContain('3 × Metal, 30.00 USD / month');
    expect(page).not.toContain('Payment methods');
    const answer = await submit(opened.session.url);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, 'https://example.com/thanks']);
    const after = await stripe.subscriptions.retrieve(opened.subscription.id);
    expect(after.items.data).toMatchObject([{ price: { id: opened.prices[1] }, quantity: 3 }]);
  });

  it('end by a page of their own or at the home of the portal', async () => {
    const canceling = ({ subscription }: Omit<Opened, 'session'>) => ({
      type: 'subscription_cancel' as const,
      subscription_cancel: { subscription: subscription.id },
    });
    const confirmed = await open({
      flow: (about) => ({
        ...canceling(about),
        after_completion: { type: 'hosted_confirmation', hosted_confirmation: { custom_message: 'See you' } },
      }),
    });
    expect(await (await submit(confirmed.session.url)).text()).toContain('See you');
    const plain = await open({ flow: canceling });
    expect(plain.session.flow?.after_completion).toMatchObject({ type: 'portal_homepage' });
    expect((await submit(plain.session.url)).headers.get('location')).toBe(plain.session.url);
    expect(await text(plain.session.url)).toContain('Do not cancel');
  });

  it('let a customer choose the change, or keep a discount instead of leaving', async () => {
    const updating = await open({
      flow: ({ subscription }) => ({
        type: 'subscription_update',
        subscription_update: { subscription: subscription.id },
      }),
    });
    await submit(updating.session.url, { price: updating.prices[1] });
    expect((await stripe.subscriptions.retrieve(updating.subscription.id)).items.data).toMatchObject([
      { price: { id: updating.prices[1] } },
    ]);
    const { id: coupon } = await stripe.coupons.create({ percent_off: 20, duration: 'once' });
    const leaving = await open({
      flow: ({ subscription }) => ({
        type: 'subscription_cancel',
        subscription_cancel: {
          subscription: subscription.id,
          retention: { type: 'coupon_offer', coupon_offer: { coupon } },
        },
      }),
    });
    expect(await text(leaving.session.url)).toContain('Stay, with a discount');
    await submit(leaving.session.url, { decision: 'stay' });
    const stayed = await stripe.subscriptions.retrieve(leaving.subscription.id);
    expect([stayed.cancel_at, stayed.discounts.length]).toEqual([null, 1]);
  });

  it('are refused for what the configuration or the customer has not', async () => {
    const other = await open();
    const features = { ...everything, subscription_cancel: { enabled: false } };
    const refusal = { statusCode: 400, type: 'StripeInvalidRequestError' };
    const cancelOf = (subscription: string) => ({
      type: 'subscription_cancel' as const,
      subscription_cancel: { subscription },
    });
    await expect(open({ flow: () => cancelOf(other.subscription.id) })).rejects.toMatchObject(refusal);
    await expect(open({ features, flow: (about) => cancelOf(about.subscription.id) })).rejects.toMatchObject({
      ...refusal,
      message: expect.stringContaining('feature in the portal configuration is disabled'),
    });
    const foreign = (about: Omit<Opened, 'session'>) => {
      const flow = confirming(about);
      const [item] = flow.subscription_update_confirm.items;
      const items = [{ id: item?.id ?? '', price: other.prices[0] }];
      return { ...flow, subscription_update_confirm: { ...flow.subscription_update_confirm, items } };
    };
    await expect(open({ flow: foreign })).rejects.toMatchObject({
      ...refusal,
      param: 'flow_data[subscription_update_confirm][items][0][price]',
    });
  });
});
