import type Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../src/testing/running-sandbox.js';

const key = 'sk_test_unserved';

let sandbox: RunningSandbox;
let made: Readonly<Record<string, string>>;

beforeAll(async () => {
  sandbox = await runSandbox();
  const stripe = sandbox.stripe(key);
  const price = await stripe.prices.create({ currency: 'usd', unit_amount: 500, product_data: { name: 'Mug' } });
  const customer = await stripe.customers.create({ email: 'jo@example.com' });
  const intent = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
  const setup = await stripe.setupIntents.create();
  const method = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
  made = {
    price: price.id,
    intent: intent.id,
    setup: setup.id,
    method: method.id,
    customer: customer.id,
  };
});
afterAll(() => sandbox.close());

const session = 'mode=payment&success_url=https://shop.example/done&line_items[0][quantity]=1&line_items[0][price]=';

const cases: readonly (readonly [param: string, path: string, given: string])[] = [
  ['tax_id_collection', 'checkout/sessions', `${session}<price>&tax_id_collection[enabled]=true`],
  ['customer_update', 'checkout/sessions', `${session}<price>&customer=<customer>&customer_update[name]=auto`],
  ['adaptive_pricing', 'checkout/sessions', `${session}<price>&adaptive_pricing[enabled]=true`],
  ['managed_payments', 'checkout/sessions', `${session}<price>&managed_payments[enabled]=true`],
  ['excluded_payment_method_types', 'checkout/sessions', `${session}<price>&excluded_payment_method_types[0]=card`],
  ['payment_method_configuration', 'checkout/sessions', `${session}<price>&payment_method_configuration=pmc_1`],
  [
    'payment_method_options',
    'checkout/sessions',
    `${session}<price>&payment_method_options[card][setup_future_usage]=off_session`,
  ],
  ['payment_method_configuration', 'payment_intents', 'amount=500&currency=usd&payment_method_configuration=pmc_1'],
  ['allowed_payment_method_types', 'payment_intents/<intent>', 'allowed_payment_method_types[0]=card'],
  ['excluded_payment_method_types', 'payment_intents/<intent>', 'excluded_payment_method_types[0]=card'],
  ['excluded_payment_method_types', 'payment_intents/<intent>/confirm', 'excluded_payment_method_types[0]=card'],
  ['excluded_payment_method_types', 'setup_intents', 'excluded_payment_method_types[0]=card'],
  ['allowed_payment_method_types', 'setup_intents/<setup>', 'allowed_payment_method_types[0]=card'],
  ['payment_method_configuration', 'setup_intents/<setup>', 'payment_method_configuration=pmc_1'],
  ['currency_options', 'prices/<price>', 'currency_options[eur][unit_amount]=1'],
  ...[
    'require_cvc_recollection=true',
    'installments[enabled]=true',
    'moto=true',
    'request_multicapture=if_available',
  ].map(
    (option) =>
      [
        `payment_method_options[card][${option.split(/[[=]/)[0]}]`,
        'payment_intents',
        `amount=500&currency=usd&payment_method_options[card]${option.replace(/^(\w+)/, '[$1]')}`,
      ] as const,
  ),
  [
    'payment_method_options[sepa_debit][setup_future_usage]',
    'payment_intents',
    'amount=500&currency=eur&payment_method_options[sepa_debit][setup_future_usage]=off_session',
  ],
  [
    'payment_method_options[card][mandate_options]',
    'setup_intents',
    ['amount=500', 'amount_type=fixed', 'currency=usd', 'interval=month', 'reference=a', 'start_date=1900000000']
      .map((one) => `payment_method_options[card][mandate_options]${one.replace(/^(\w+)/, '[$1]')}`)
      .join('&'),
  ],
  [
    'payment_settings[payment_method_options][bancontact]',
    'invoices',
    'customer=<customer>&payment_settings[payment_method_options][bancontact][preferred_language]=de',
  ],
  ['issuer[account]', 'invoices/create_preview', 'customer=<customer>&issuer[type]=account&issuer[account]=acct_1'],
  ['customer_account', 'payment_methods/<method>/attach', 'customer=<customer>&customer_account=acct_1'],
];

describe('a parameter that would change money, ownership or access and is not served is not taken without effect', () => {
  beforeEach(() => sandbox.steers('is about what Stripe takes and the sandbox refuses'));

  it.each(cases)('%s of POST /v1/%s is refused by its name', async (param, path, given) => {
    const filled = (text: string): string => text.replace(/<(\w+)>/g, (_whole, name) => made[name] ?? '');
    const { status, body } = await sandbox.call('POST', `/v1/${filled(path)}`, { key, body: filled(given) });
    expect([status, body.error?.param, body.error?.message]).toEqual([
      400,
      param,
      `Stripe has the parameter \`${param}\` here; this sandbox does not serve it.`,
    ]);
  });

  it('while an option that asks for what happens anyway is taken', async () => {
    const card = { request_multicapture: 'never', request_three_d_secure: 'any' } as const;
    const intent = await sandbox.stripe(key).paymentIntents.create({
      amount: 500,
      currency: 'usd',
      payment_method_options: { card },
    });
    expect(intent.payment_method_options?.card?.request_three_d_secure).toBe('any');
  });

  it('while what is switched off asks for nothing', async () => {
    const created = await sandbox.stripe(key).checkout.sessions.create({
      mode: 'payment',
      success_url: 'https://shop.example/done',
      line_items: [{ price: made.price ?? '', quantity: 1 }],
      tax_id_collection: { enabled: false },
      adaptive_pricing: { enabled: false },
    });
    expect(created.status).toBe('open');
    expect(sandbox.contractMisfits()).toEqual([]);
  });
});

// https://docs.stripe.com/api/checkout/sessions/create, and the comments of the SDK's types.
describe('a parameter of a checkout that is of another mode or another kind of page is refused', () => {
  const done = 'success_url=https://shop.example/done';
  const cases = [
    ['payment_intent_data', `mode=setup&currency=usd&${done}&payment_intent_data[description]=a`],
    ['setup_intent_data', `${session}<price>&setup_intent_data[description]=a`],
    ['subscription_data', `${session}<price>&subscription_data[trial_period_days]=3`],
    ['line_items', `mode=setup&currency=usd&${done}&line_items[0][price]=<price>`],
    ['redirect_on_completion', `${session}<price>&redirect_on_completion=never`],
    ['return_url', `${session}<price>&return_url=https://shop.example/back`],
    ['line_items[0][price]', `${session}<price>&line_items[0][price_data][currency]=usd`],
  ] as const;

  it.each(cases)('%s', async (param, given) => {
    const body = given.replace('<price>', made.price ?? '');
    const answer = await sandbox.call('POST', '/v1/checkout/sessions', { key, body });
    expect([answer.status, answer.body.error?.type, answer.body.error?.param]).toEqual([
      400,
      'invalid_request_error',
      param,
    ]);
  });
});

describe('what is small is done as it was asked for', () => {
  it('an invoice shows the options of each method, and of cards as much as an invoice does', async () => {
    const stripe = sandbox.stripe(key);
    const options = { card: { request_three_d_secure: 'any' as const } };
    const payment_settings = { payment_method_options: options };
    const invoice = await stripe.invoices.create({ customer: made.customer ?? '', payment_settings });
    expect(invoice.payment_settings.payment_method_options).toMatchObject({ ...options, sepa_debit: null, pix: null });
    const card = { payment_method: 'pm_card_visa', invoice_settings: { default_payment_method: 'pm_card_visa' } };
    const payer = await stripe.customers.create(card);
    const recurring = { interval: 'month' as const };
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 500,
      recurring,
      product_data: { name: 'Seat' },
    });
    const subscription = await stripe.subscriptions.create({
      customer: payer.id,
      items: [{ price: price.id }],
      payment_settings,
      expand: ['latest_invoice'],
    });
    const cardOf = (settings: { payment_method_options: { card?: object | null } | null } | null) =>
      settings?.payment_method_options?.card;
    expect(cardOf(subscription.payment_settings)).toEqual({ network: null, request_three_d_secure: 'any' });
    const first = subscription.latest_invoice as Stripe.Invoice;
    expect(cardOf(first.payment_settings)).toEqual({ request_three_d_secure: 'any' });
    expect(sandbox.contractMisfits()).toEqual([]);
  });

  it('a checkout shows its wallet options and lets its method be shown again as far as it was asked to', async () => {
    const stripe = sandbox.stripe(key);
    const customer = await stripe.customers.create();
    const created = await stripe.checkout.sessions.create({
      mode: 'setup',
      currency: 'usd',
      customer: customer.id,
      success_url: 'https://shop.example/done',
      wallet_options: { link: { display: 'never' } },
      payment_method_data: { allow_redisplay: 'always' },
    });
    expect(created.wallet_options).toEqual({ link: { display: 'never' } });
    const form = new URLSearchParams({ card: '4242424242424242' });
    await fetch(String(created.url), { method: 'POST', body: form, redirect: 'manual' });
    const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data;
    expect(method?.allow_redisplay).toBe('always');
  });

  it('a product keeps its tax details, and loses them', async () => {
    const stripe = sandbox.stripe(key);
    const { id } = await stripe.products.create({ name: 'Show', tax_details: { tax_code: 'txcd_1' } });
    const shown = { performance_location: null, tax_code: 'txcd_1' };
    expect((await stripe.products.retrieve(id)).tax_details).toEqual(shown);
    expect((await stripe.products.update(id, { tax_details: '' })).tax_details).toBeNull();
  });

  it('a preview of what would begin refuses what only a subscription that is there can be asked', async () => {
    const stripe = sandbox.stripe(key);
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 500,
      recurring: { interval: 'month' },
      product_data: { name: 'Plan' },
    });
    const preview = (details: Stripe.InvoiceCreatePreviewParams.SubscriptionDetails, item = {}) =>
      stripe.invoices.createPreview({
        customer: made.customer ?? '',
        subscription_details: { ...details, items: [{ price: price.id, ...item }] },
      });
    expect((await preview({})).total).toBe(500);
    await expect(preview({ cancel_now: true })).rejects.toMatchObject({ param: 'subscription_details[cancel_now]' });
    await expect(preview({}, { deleted: true })).rejects.toMatchObject({
      param: 'subscription_details[items][0][deleted]',
    });
    expect(sandbox.contractMisfits()).toEqual([]);
  });
});
