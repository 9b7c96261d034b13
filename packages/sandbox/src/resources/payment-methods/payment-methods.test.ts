import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../../testing/running-sandbox.js';

let sandbox: RunningSandbox;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe('sk_test_methods');
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

describe('customers', () => {
  it('behaviour 40: a method given at creation is attached, and is the default only when it is said to be', async () => {
    const plain = await stripe.customers.create({ payment_method: 'pm_card_visa' });
    expect(plain.invoice_settings.default_payment_method).toBeNull();
    expect((await stripe.customers.listPaymentMethods(plain.id)).data).toHaveLength(1);
    const customer = await stripe.customers.create({
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    });
    const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data;
    expect(customer.invoice_settings.default_payment_method).toBe(method?.id);
  });

  it('the default method must be attached to the customer', async () => {
    const customer = await stripe.customers.create({ email: 'jo@example.com' });
    const loose = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
    const update = stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: loose.id } });
    await expect(update).rejects.toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'invoice_settings[default_payment_method]',
    });
  });

  it('behaviour 15: metadata merges, an empty value removes its key and an empty whole removes all', async () => {
    const customer = await stripe.customers.create({ metadata: { one: '1', two: '2' } });
    const merged = await stripe.customers.update(customer.id, { metadata: { two: '', three: '3' } });
    expect(merged.metadata).toEqual({ one: '1', three: '3' });
    expect((await stripe.customers.update(customer.id, { metadata: '' })).metadata).toEqual({});
    const key = 'k'.repeat(41);
    await expect(stripe.customers.update(customer.id, { metadata: { [key]: 'x' } })).rejects.toMatchObject({
      statusCode: 400,
    });
  });

  it('behaviour 16: a deleted customer answers 200 with deleted, and its cards are detached for good', async () => {
    const customer = await stripe.customers.create({ payment_method: 'pm_card_visa' });
    const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data;
    await stripe.customers.del(customer.id);
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ id: customer.id, deleted: true });
    await expect(stripe.customers.update(customer.id, { name: 'Jo' })).rejects.toMatchObject({
      code: 'resource_missing',
    });
    const other = await stripe.customers.create();
    const attach = stripe.paymentMethods.attach(method?.id ?? '', { customer: other.id });
    await expect(attach).rejects.toMatchObject({ statusCode: 400 });
  });
});

describe('tax ids of a customer', () => {
  it('come with the customer or later, are shown when expanded, and go', async () => {
    const customer = await stripe.customers.create({
      tax_id_data: [{ type: 'eu_vat', value: 'DE123456789' }],
      expand: ['tax_ids'],
    });
    expect(customer.tax_ids?.data.map((one) => one.value)).toEqual(['DE123456789']);
    const other = await stripe.customers.createTaxId(customer.id, { type: 'us_ein', value: '12-3456789' });
    expect(other).toMatchObject({ country: 'US', customer: customer.id });
    await stripe.customers.deleteTaxId(customer.id, other.id);
    expect((await stripe.customers.listTaxIds(customer.id)).data).toHaveLength(1);
  });
});

it('what would change money and is not served is refused, never ignored', async () => {
  const account = { amount: 100, currency: 'usd', customer_account: 'acct_1' };
  const owned = stripe.paymentIntents.create(account);
  await expect(owned).rejects.toMatchObject({ statusCode: 400, param: 'customer_account' });
  const fee = stripe.paymentIntents.create({ amount: 100, currency: 'usd', application_fee_amount: 10 });
  await expect(fee).rejects.toMatchObject({ statusCode: 400, param: 'application_fee_amount' });
});

it('an account sees itself by its id, and no other', async () => {
  const own = await stripe.accounts.retrieveCurrent();
  expect((await stripe.accounts.retrieve(own.id)).id).toBe(own.id);
  await expect(stripe.accounts.retrieve('acct_other')).rejects.toMatchObject({ statusCode: 403 });
});

describe('payment methods', () => {
  it('behaviour 11: attaching an unknown method is 404, to an unknown customer 400 with the parameter', async () => {
    const customer = await stripe.customers.create();
    const unknown = stripe.paymentMethods.attach('pm_nothing', { customer: customer.id });
    await expect(unknown).rejects.toMatchObject({ statusCode: 404, code: 'resource_missing' });
    const nobody = stripe.paymentMethods.attach('pm_card_visa', { customer: 'cus_nobody' });
    await expect(nobody).rejects.toMatchObject({ statusCode: 400, code: 'resource_missing', param: 'customer' });
  });

  // Checked, 38: documented: https://docs.stripe.com/testing; by token …3155 no longer asks there, by number it does,
  // and by number is how it is here.
  it.each([
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
  ])('behaviour 38: attaching %s is declined as %s with %s', async (token, code, declineCode) => {
    const customer = await stripe.customers.create();
    const attach = stripe.paymentMethods.attach(token, { customer: customer.id });
    await expect(attach).rejects.toMatchObject({ statusCode: 402, code, decline_code: declineCode });
    expect((await stripe.customers.listPaymentMethods(customer.id)).data).toEqual([]);
  });

  it('behaviour 38: the card that fails every charge attaches without a word', async () => {
    const customer = await stripe.customers.create();
    const method = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id });
    expect(method.customer).toBe(customer.id);
  });

  it('behaviour 39: a magic token makes a new method each time, with one fingerprint for one number', async () => {
    const customer = await stripe.customers.create();
    const one = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
    const other = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
    expect(one.id).not.toBe(other.id);
    expect(one.card?.fingerprint).toBe(other.card?.fingerprint);
    const list = await stripe.paymentMethods.list({ customer: customer.id, type: 'card' });
    expect(list.data.map((method) => method.id)).toEqual([other.id, one.id]);
  });

  // Checked, 40: documented: https://docs.stripe.com/api/payment_methods/detach, …/attach; the refusal's code is not,
  // and is ours (its sentence was seen in logs).
  it('behaviour 40: a detached method is never attached again, and is nobody’s default any more', async () => {
    const customer = await stripe.customers.create();
    const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
    await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
    expect((await stripe.paymentMethods.detach(method.id)).customer).toBeNull();
    const after = (await stripe.customers.retrieve(customer.id)) as Stripe.Customer;
    expect(after.invoice_settings.default_payment_method).toBeNull();
    const again = stripe.paymentMethods.attach(method.id, { customer: customer.id });
    await expect(again).rejects.toMatchObject({ statusCode: 400 });
    const types = (await stripe.events.list({ limit: 3 })).data.map((event) => event.type);
    expect(types).toContain('payment_method.detached');
    expect(types).toContain('customer.updated');
  });

  it('typed numbers are checked: length, check digit, expiry, code, and no real card is taken', async () => {
    const create = (card: Stripe.PaymentMethodCreateParams.Card) =>
      stripe.paymentMethods.create({ type: 'card', card });
    const good = { number: '4242 4242 4242 4242', exp_month: 12, exp_year: 2050, cvc: '123' };
    expect((await create(good)).card).toMatchObject({ last4: '4242', brand: 'visa', exp_year: 2050 });
    await expect(create({ ...good, number: '4242424242424241' })).rejects.toMatchObject({ code: 'incorrect_number' });
    await expect(create({ ...good, number: '4539578763621486' })).rejects.toMatchObject({
      decline_code: 'test_mode_live_card',
    });
    await expect(create({ ...good, exp_month: 13 })).rejects.toMatchObject({ code: 'invalid_expiry_month' });
    await expect(create({ ...good, exp_year: 2020 })).rejects.toMatchObject({ code: 'invalid_expiry_year' });
    await expect(create({ ...good, cvc: '99' })).rejects.toMatchObject({ code: 'invalid_cvc' });
  });
});
