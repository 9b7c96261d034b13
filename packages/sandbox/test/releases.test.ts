import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox, startReceiver } from '../src/testing/running-sandbox.js';

// What packages/sandbox/docs/versions.md says is done, by an SDK client of that release.

const key = 'sk_test_releases';
const versions = { clover: '2025-09-30.clover', dahlia: '2026-03-25.dahlia', endive: '2026-09-30.endive' } as const;

let sandbox: RunningSandbox;
let newest: Stripe;
let customer: string;
let price: string;

const clientOf = (version: string): Stripe => sandbox.stripe(key, { apiVersion: version as never });

beforeAll(async () => {
  sandbox = await runSandbox();
  newest = sandbox.stripe(key);
  customer = (await newest.customers.create()).id;
  await newest.paymentMethods
    .attach('pm_card_visa', { customer })
    .then(({ id }) => newest.customers.update(customer, { invoice_settings: { default_payment_method: id } }));
  price = (
    await newest.prices.create({
      currency: 'usd',
      unit_amount: 700,
      recurring: { interval: 'month' },
      product_data: { name: 'Seat' },
    })
  ).id;
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

const unknown = (param: string) => ({ statusCode: 400, code: 'parameter_unknown', param });

/** A request that a release brought, and the parameter that is refused before it. */
const later: readonly (readonly [since: string, before: string, param: string, path: string, body: string])[] = [
  [
    '2025-10-29.clover',
    '2025-09-30.clover',
    'amount_details',
    '/v1/payment_intents',
    'amount=900&currency=usd&amount_details[tax][total_tax_amount]=10',
  ],
  [
    '2026-03-25.dahlia',
    '2026-02-25.clover',
    'quantity_decimal',
    '/v1/invoiceitems',
    'customer=<customer>&currency=usd&unit_amount_decimal=5&quantity_decimal=1.5',
  ],
  [
    '2026-03-25.dahlia',
    '2026-02-25.clover',
    'integration_identifier',
    '/v1/checkout/sessions',
    'mode=setup&currency=usd&success_url=https://shop.example/done&integration_identifier=a',
  ],
  ['2026-09-30.endive', '2026-08-26.dahlia', 'tax_details', '/v1/products', 'name=Mug&tax_details[tax_code]=txcd_1'],
  [
    '2026-09-30.endive',
    '2026-08-26.dahlia',
    'trial_settings[end_behavior][billing_cycle_anchor]',
    '/v1/subscriptions',
    'customer=<customer>&items[0][price]=<price>&trial_settings[end_behavior][missing_payment_method]=cancel&trial_settings[end_behavior][billing_cycle_anchor]=unchanged',
  ],
  [
    '2026-03-25.dahlia',
    '2026-02-25.clover',
    'lines[0][quantity_decimal]',
    '/v1/invoices/in_none/add_lines',
    'lines[0][quantity_decimal]=1.5',
  ],
];

describe('a parameter is unknown to the versions before it came', () => {
  it.each(later)('since %s, and not in %s: %s', async (since, before, param, path, body) => {
    const filled = body.replaceAll('<customer>', customer).replaceAll('<price>', price);
    const asked = (version: string) =>
      sandbox.call('POST', path, { key, body: filled, headers: { 'stripe-version': version } });
    const old = await asked(before);
    expect([old.status, old.body.error?.code, old.body.error?.param]).toEqual([400, 'parameter_unknown', param]);
    expect((await asked(since)).body.error?.code).not.toBe('parameter_unknown');
  });

  it('so are an operation and a value of an enum', async () => {
    const { id } = await newest.subscriptions.create({ customer, items: [{ price }] });
    const pausing = clientOf('2026-08-26.dahlia').subscriptions.pause(id, { type: 'subscription' } as never);
    await expect(pausing).rejects.toMatchObject({ statusCode: 404 });
    expect((await clientOf(versions.endive).subscriptions.pause(id, { type: 'subscription' })).status).toBe('paused');
    const session = { mode: 'setup', currency: 'usd', success_url: 'https://shop.example/done' } as const;
    const opening = clientOf(versions.clover).checkout.sessions.create({ ...session, ui_mode: 'hosted_page' });
    await expect(opening).rejects.toMatchObject({ statusCode: 400, param: 'ui_mode' });
    const older = await clientOf(versions.clover).checkout.sessions.create({ ...session, ui_mode: 'hosted' as never });
    expect(older.ui_mode).toBe('hosted');
    expect((await clientOf(versions.dahlia).checkout.sessions.retrieve(older.id)).ui_mode).toBe('hosted_page');
    const hosted = clientOf(versions.dahlia).checkout.sessions.create({ ...session, ui_mode: 'hosted' as never });
    await expect(hosted).rejects.toMatchObject({ statusCode: 400, param: 'ui_mode' });
  });
});

describe('what a release took away is taken from callers before it', () => {
  it.each(['clover', 'dahlia'] as const)('payment_method_types of intents and checkouts in %s', async (release) => {
    const older = clientOf(versions[release]);
    const types = { payment_method_types: ['card'] } as never as object;
    const intent = await older.paymentIntents.create({ amount: 900, currency: 'usd', ...types });
    expect(intent.payment_method_types).toEqual(['card']);
    expect((await older.setupIntents.create({ ...types })).payment_method_types).toEqual(['card']);
    const refused = newest.paymentIntents.create({ amount: 900, currency: 'usd', ...types });
    await expect(refused).rejects.toMatchObject({ code: 'payment_method_types_no_longer_supported' });
  });

  it.each(['clover', 'dahlia'] as const)(
    'a billing cycle anchor that is a word in %s, and no object',
    async (release) => {
      const { id } = await newest.subscriptions.create({ customer, items: [{ price }] });
      const older = clientOf(versions[release]);
      const moved = await older.subscriptions.update(id, { billing_cycle_anchor: 'now' as never });
      expect(moved.id).toBe(id);
      const asObject = older.subscriptions.update(id, { billing_cycle_anchor: { type: 'now' } });
      await expect(asObject).rejects.toMatchObject(unknown('billing_cycle_anchor[type]'));
      const asWord = newest.subscriptions.update(id, { billing_cycle_anchor: 'now' as never });
      await expect(asWord).rejects.toMatchObject({ statusCode: 400, param: 'billing_cycle_anchor' });
    },
  );

  it('how fast a bank account is settled, before dahlia', async () => {
    const params = {
      amount: 900,
      currency: 'usd',
      payment_method_options: { us_bank_account: { preferred_settlement_speed: 'fastest' } },
    } as never as Stripe.PaymentIntentCreateParams;
    expect((await clientOf(versions.clover).paymentIntents.create(params)).status).toBe('requires_payment_method');
    const path = 'payment_method_options[us_bank_account][preferred_settlement_speed]';
    await expect(clientOf(versions.dahlia).paymentIntents.create(params)).rejects.toMatchObject(unknown(path));
  });

  it('configurations of an account link, before endive', async () => {
    const account = await newest.v2.core.accounts.create({
      contact_email: 'jo@example.com',
      configuration: { merchant: { capabilities: { card_payments: { requested: true } } } },
    });
    const params = {
      account: account.id,
      use_case: {
        type: 'account_onboarding',
        account_onboarding: { configurations: ['merchant'], refresh_url: 'https://shop.example/again' },
      },
    } as never as Stripe.V2.Core.AccountLinkCreateParams;
    const link = await clientOf('2026-08-26.dahlia').v2.core.accountLinks.create(params);
    expect(link.use_case.account_onboarding).toMatchObject({ configurations: ['merchant'] });
    await expect(newest.v2.core.accountLinks.create(params)).rejects.toMatchObject({ statusCode: 400 });
  });
});

describe('answers and events have the shape of who they are for', () => {
  it('fields that came later are left out, in objects inside of others and in lists, too', async () => {
    const { id } = await newest.subscriptions.create({ customer, items: [{ price }] });
    const intent = await newest.paymentIntents.create({ amount: 900, currency: 'usd', customer });
    const shown = async (version: string) => {
      const older = clientOf(version);
      const [found, paying] = [await older.subscriptions.retrieve(id), await older.paymentIntents.retrieve(intent.id)];
      return [
        Object.hasOwn(found, 'customer_account'),
        Object.hasOwn(found, 'presentment_details') || Object.hasOwn(found, 'managed_payments'),
        Object.hasOwn(paying, 'payment_record'),
        Object.hasOwn(paying, 'amount_details') && Object.hasOwn(paying, 'client_secret'),
      ];
    };
    expect(await shown(versions.clover)).toEqual([false, false, false, true]);
    expect(await shown('2026-08-26.dahlia')).toEqual([true, true, false, true]);
    expect(await shown(versions.endive)).toEqual([true, true, true, true]);
    const [invoice] = (await clientOf(versions.clover).invoices.list({ customer, limit: 1 })).data;
    expect(Object.hasOwn(invoice?.lines.data[0] ?? {}, 'quantity_decimal')).toBe(false);
    const [latest] = (await newest.invoices.list({ customer, limit: 1 })).data;
    expect(Object.hasOwn(latest?.lines.data[0] ?? {}, 'quantity_decimal')).toBe(true);
  });

  it('each webhook endpoint is told in its own version, and without one in that of the account', async () => {
    const receiver = await startReceiver();
    const secrets = new Map<string, string>();
    for (const version of [versions.clover, versions.endive, undefined]) {
      const endpoint = await newest.webhookEndpoints.create({
        url: `${receiver.url}/${version ?? 'account'}`,
        enabled_events: ['customer.created'],
        ...(version === undefined ? {} : { api_version: version as never }),
      });
      secrets.set(version ?? 'account', endpoint.secret ?? '');
    }
    await sandbox.control('POST', 'accounts', { key, default_version: versions.dahlia });
    await newest.customers.create();
    await expect.poll(() => receiver.received.length).toBe(3);
    const told = Object.fromEntries(
      receiver.received.map(({ body }) => {
        const event = JSON.parse(body) as { api_version: string; data: { object: object } };
        return [event.api_version, Object.hasOwn(event.data.object, 'customer_account')];
      }),
    );
    expect(told).toEqual({ [versions.clover]: false, [versions.dahlia]: true, [versions.endive]: true });
    await receiver.close();
  });

  it('a version that was never published is refused', async () => {
    for (const version of ['2026-01-01.dahlia', '2026-09-30.dahlia', 'endive', '2027-01-01.fennel']) {
      await expect(clientOf(version).customers.list()).rejects.toMatchObject({ statusCode: 400 });
    }
  });
});
