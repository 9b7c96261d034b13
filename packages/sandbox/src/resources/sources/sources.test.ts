import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../../testing/running-sandbox.js';

let sandbox: RunningSandbox;
let stripe: Stripe;
const key = 'sk_test_sources';

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe(key);
  await stripe.customers.create();
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

const lastEvents = async (count: number) =>
  (await stripe.events.list({ limit: count })).data.map(({ type }) => type).reverse();
const later = (seconds: number): Promise<unknown> =>
  sandbox.control('POST', 'clock', { key, advance_seconds: seconds });
const customerWith = (source: string) => stripe.customers.create({ source });
const defaultOf = async (customer: string) => {
  const found = await stripe.customers.retrieve(customer);
  return found.deleted === true ? null : found.default_source;
};

const takeCardTokens = async () => {
  sandbox.steers('needs an account that may still take card tokens');
  await sandbox.control('POST', 'accounts', { key, card_tokens: true });
};

describe('cards as sources of a customer', () => {
  beforeEach(takeCardTokens);

  it('the first becomes the default source and is a card of the old shape, and a payment method of the same id', async () => {
    const { id: customer } = await stripe.customers.create();
    const card = (await stripe.customers.createSource(customer, { source: 'tok_visa' })) as Stripe.Card;
    expect(card).toMatchObject({ object: 'card', brand: 'Visa', last4: '4242', customer, cvc_check: 'pass' });
    expect(card.id).toMatch(/^card_/);
    expect(await lastEvents(3)).toEqual(['payment_method.attached', 'customer.source.created', 'customer.updated']);
    const second = await stripe.customers.createSource(customer, { source: 'tok_mastercard', metadata: { a: '1' } });
    expect(second).toMatchObject({ brand: 'MasterCard', metadata: { a: '1' } });
    expect(await lastEvents(2)).toEqual(['payment_method.attached', 'customer.source.created']);
    expect(await defaultOf(customer)).toBe(card.id);
    const asMethod = await stripe.paymentMethods.retrieve(card.id);
    expect(asMethod).toMatchObject({ object: 'payment_method', type: 'card', customer, card: { last4: '4242' } });
    const methods = await stripe.customers.listPaymentMethods(customer);
    expect(methods.data.map(({ id }) => id)).toEqual([second.id, card.id]);
    const paid = await stripe.paymentIntents.create({
      amount: 900,
      currency: 'usd',
      customer,
      payment_method: card.id,
      confirm: true,
      off_session: true,
      expand: ['payment_method'],
    });
    expect(paid).toMatchObject({ status: 'succeeded', payment_method: { object: 'payment_method', id: card.id } });
  });

  it('a card that plainly declines is refused when it is added, and nothing of it stays', async () => {
    const { id } = await stripe.customers.create();
    const adding = stripe.customers.createSource(id, { source: 'tok_chargeDeclined' });
    await expect(adding).rejects.toMatchObject({ statusCode: 402, code: 'card_declined' });
    expect((await stripe.customers.listSources(id)).data).toEqual([]);
    expect(await defaultOf(id)).toBeNull();
    const unknown = stripe.customers.createSource(id, { source: 'tok_nobody' });
    await expect(unknown).rejects.toMatchObject({ statusCode: 400, code: 'resource_missing', param: 'source' });
  });

  it('an account whose policies allow no card tokens takes none', async () => {
    const other = sandbox.stripe('sk_test_sourcesover');
    const { id } = await other.customers.create();
    const adding = other.customers.createSource(id, { source: 'tok_visa' });
    await expect(adding).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining('end of life') });
    await expect(other.customers.create({ source: 'tok_visa' })).rejects.toMatchObject({ statusCode: 400 });
  });

  it('a change of name, address and expiry is told, and seen in the payment method', async () => {
    const { id: customer } = await stripe.customers.create();
    const card = await stripe.customers.createSource(customer, { source: 'tok_visa' });
    const changed = await stripe.customers.updateSource(customer, card.id, {
      address_line1: '1 High Street',
      address_zip: '12345',
      exp_month: '3',
      exp_year: '39',
      name: 'Jo',
      metadata: { b: '2' },
    });
    const shown = { name: 'Jo', address_line1: '1 High Street', address_line1_check: 'pass', exp_year: 2039 };
    expect(changed).toMatchObject({ ...shown, exp_month: 3, address_zip_check: 'pass', metadata: { b: '2' } });
    const [event] = (await stripe.events.list({ limit: 1 })).data;
    expect(event).toMatchObject({
      type: 'customer.source.updated',
      data: { object: shown, previous_attributes: { name: null, address_line1: null } },
    });
    expect(await stripe.paymentMethods.retrieve(card.id)).toMatchObject({
      billing_details: { name: 'Jo', address: { line1: '1 High Street', postal_code: '12345' } },
      card: { exp_month: 3, exp_year: 2039 },
    });
    await stripe.paymentMethods.update(card.id, { card: { exp_year: 2040 } });
    expect(await stripe.customers.retrieveSource(customer, card.id)).toMatchObject({ exp_year: 2040, name: 'Jo' });
    const past = stripe.customers.updateSource(customer, card.id, { exp_year: '2001' });
    await expect(past).rejects.toMatchObject({ statusCode: 402, code: 'invalid_expiry_year', param: 'exp_year' });
    const none = stripe.customers.updateSource(customer, card.id, { exp_year: 'soon' });
    await expect(none).rejects.toMatchObject({ code: 'invalid_expiry_year' });
    const strange = stripe.customers.updateSource(customer, card.id, { account_holder_name: 'Jo' });
    await expect(strange).rejects.toMatchObject({ code: 'parameter_unknown', param: 'account_holder_name' });
  });

  it('when the default card is deleted the newest source becomes the default', async () => {
    const { id: customer } = await customerWith('tok_visa');
    const first = String(await defaultOf(customer));
    const { id: second } = await stripe.customers.createSource(customer, { source: 'tok_amex' });
    const { id: third } = await stripe.customers.createSource(customer, { source: 'tok_discover' });
    expect(await stripe.customers.deleteSource(customer, first)).toEqual({ id: first, object: 'card', deleted: true });
    expect(await lastEvents(3)).toEqual(['payment_method.detached', 'customer.source.deleted', 'customer.updated']);
    expect(await defaultOf(customer)).toBe(third);
    await stripe.customers.update(customer, { default_source: second });
    await stripe.paymentMethods.detach(second);
    expect(await defaultOf(customer)).toBe(third);
    await stripe.customers.deleteSource(customer, third);
    expect(await defaultOf(customer)).toBeNull();
    await expect(stripe.customers.retrieveSource(customer, first)).rejects.toMatchObject({ statusCode: 404 });
    await expect(stripe.customers.update(customer, { default_source: first })).rejects.toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'default_source',
    });
  });

  it('a source given in an update takes the place of the default one', async () => {
    const { id: customer } = await customerWith('tok_visa');
    const old = String(await defaultOf(customer));
    const { default_source: now } = await stripe.customers.update(customer, { source: 'tok_mastercard' });
    expect(now).not.toBe(old);
    const { data } = await stripe.customers.listSources(customer);
    expect(data.map(({ id }) => id)).toEqual([now]);
  });

  it('lists show one kind, pages of them, and only the customer’s own', async () => {
    const { id: customer } = await customerWith('tok_visa');
    await customerWith('tok_visa');
    const account = await stripe.customers.createSource(customer, { source: 'btok_us_verified' });
    const newest = await stripe.customers.createSource(customer, { source: 'tok_jcb' });
    const ids = async (params: Stripe.CustomerListSourcesParams) =>
      (await stripe.customers.listSources(customer, params)).data.map(({ id }) => id);
    expect(await ids({ object: 'bank_account' })).toEqual([account.id]);
    expect((await ids({ object: 'card' })).length).toBe(2);
    expect(await ids({ limit: 1 })).toEqual([newest.id]);
    expect(await ids({ limit: 1, starting_after: newest.id })).toEqual([account.id]);
    const expanded = await stripe.customers.retrieve(customer, { expand: ['sources', 'default_source'] });
    expect(expanded).toMatchObject({
      default_source: { object: 'card', last4: '4242' },
      sources: { object: 'list', data: [{ id: newest.id }, { id: account.id }, { object: 'card' }] },
    });
    await expect(ids({ object: 'cheque' })).rejects.toMatchObject({ statusCode: 400, param: 'object' });
  });

  it('a card is told of in the month at whose end it expires', async () => {
    const { id: customer } = await customerWith('tok_visa');
    const source = String(await defaultOf(customer));
    const { frozen_time: now } = await stripe.testHelpers.testClocks.create({
      frozen_time: Math.floor(Date.now() / 1000),
    });
    const next = new Date(now * 1000);
    next.setUTCMonth(next.getUTCMonth() + 2, 1);
    await stripe.customers.updateSource(customer, source, {
      exp_month: String(next.getUTCMonth() + 1),
      exp_year: String(next.getUTCFullYear()),
    });
    const told = async () =>
      (await stripe.events.list({ type: 'customer.source.expiring' })).data.map(
        ({ data }) => (data.object as Stripe.Card).id,
      );
    expect(await told()).not.toContain(source);
    await later(62 * 24 * 60 * 60);
    expect(await told()).toContain(source);
  });
});

describe('a charge of a customer’s source', () => {
  beforeEach(takeCardTokens);

  it('takes the default source, or the one that is named', async () => {
    const { id: customer } = await customerWith('tok_visa');
    const { id: other } = await stripe.customers.createSource(customer, { source: 'tok_amex' });
    const charged = await stripe.charges.create({ amount: 700, currency: 'usd', customer });
    expect(charged).toMatchObject({ paid: true, customer, source: { last4: '4242', customer } });
    const named = await stripe.charges.create({ amount: 700, currency: 'usd', customer, source: other });
    expect(named).toMatchObject({ payment_method: other, source: { id: other, brand: 'American Express' } });
    const foreign = stripe.charges.create({ amount: 700, currency: 'usd', customer, source: 'card_nobody' });
    await expect(foreign).rejects.toMatchObject({ statusCode: 400, code: 'missing', param: 'source' });
  });

  it('a card that went bad after it was saved declines', async () => {
    const { id: customer } = await customerWith('tok_chargeCustomerFail');
    const charging = stripe.charges.create({ amount: 700, currency: 'usd', customer });
    await expect(charging).rejects.toMatchObject({ statusCode: 402, code: 'card_declined' });
  });

  it('an invoice and a subscription are paid by the default source where there is no default payment method', async () => {
    const { id: customer } = await customerWith('tok_visa');
    const source = await defaultOf(customer);
    await stripe.invoiceItems.create({ customer, amount: 1200, currency: 'usd' });
    const draft = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' });
    const invoice = await stripe.invoices.pay(draft.id, { expand: ['payments'] });
    expect(invoice.status).toBe('paid');
    const [charge] = (await stripe.charges.list({ customer, limit: 1 })).data;
    expect(charge?.payment_method).toBe(source);
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 500,
      recurring: { interval: 'month' },
      product_data: { name: 'Seat' },
    });
    const subscription = await stripe.subscriptions.create({ customer, items: [{ price: price.id }] });
    expect(subscription).toMatchObject({ status: 'active', default_source: null });
    const method = await stripe.paymentMethods.attach('pm_card_mastercard', { customer });
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
    await stripe.subscriptions.create({ customer, items: [{ price: price.id }] });
    const [latest] = (await stripe.charges.list({ customer, limit: 1 })).data;
    expect(latest?.payment_method).toBe(method.id);
  });
});

describe('bank accounts as sources of a customer', () => {
  const account = {
    object: 'bank_account',
    country: 'US',
    currency: 'usd',
    routing_number: '110000000',
    account_number: '000123456789',
    account_holder_name: 'Jo',
    account_holder_type: 'individual',
  };
  const typed = async (fields: Readonly<Record<string, string>> = {}) => {
    const { id } = await stripe.customers.create();
    const source = { ...account, ...fields } as unknown as string;
    return { customer: id, source: (await stripe.customers.createSource(id, { source })) as Stripe.BankAccount };
  };

  it('is verified by its two deposits in any order, and by no others', async () => {
    const { customer, source } = await typed();
    expect(source).toMatchObject({ object: 'bank_account', status: 'new', last4: '6789', account_holder_name: 'Jo' });
    const charging = stripe.charges.create({ amount: 700, currency: 'usd', customer });
    await expect(charging).rejects.toMatchObject({ statusCode: 400, param: 'source' });
    const wrong = stripe.customers.verifySource(customer, source.id, { amounts: [32, 46] });
    await expect(wrong).rejects.toMatchObject({
      statusCode: 400,
      code: 'bank_account_verification_failed',
      message: 'The amounts provided do not match the amounts that were sent to the bank account.',
    });
    const verified = await stripe.customers.verifySource(customer, source.id, { amounts: [45, 32] });
    expect(verified.status).toBe('verified');
    expect(await lastEvents(1)).toEqual(['customer.source.updated']);
    const again = stripe.customers.verifySource(customer, source.id, { amounts: [32, 45] });
    await expect(again).rejects.toMatchObject({ statusCode: 400 });
    const one = stripe.customers.verifySource(customer, source.id, { amounts: [32] });
    await expect(one).rejects.toMatchObject({ statusCode: 400 });
  });

  it('is refused for good after ten wrong answers', async () => {
    const { customer, source } = await typed();
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const wrong = stripe.customers.verifySource(customer, source.id, { amounts: [1, 2] });
      await expect(wrong).rejects.toMatchObject({ code: 'bank_account_verification_failed' });
    }
    expect(await stripe.customers.retrieveSource(customer, source.id)).toMatchObject({ status: 'verification_failed' });
    const right = stripe.customers.verifySource(customer, source.id, { amounts: [32, 45] });
    await expect(right).rejects.toMatchObject({ code: 'bank_account_verification_failed' });
  });

  it('is charged at its bank’s pace: pending first, paid or returned later', async () => {
    const { id: customer } = await customerWith('btok_us_verified');
    const charge = await stripe.charges.create({ amount: 700, currency: 'usd', customer });
    expect(charge).toMatchObject({ status: 'pending', paid: false, source: { object: 'bank_account' } });
    const { id: poor } = await customerWith('btok_us_verified_insufficientFunds');
    const returned = await stripe.charges.create({ amount: 700, currency: 'usd', customer: poor });
    await later(200);
    expect(await stripe.charges.retrieve(charge.id)).toMatchObject({ status: 'succeeded', paid: true });
    expect(await stripe.charges.retrieve(returned.id)).toMatchObject({
      status: 'failed',
      failure_code: 'insufficient_funds',
    });
    const euros = stripe.charges.create({ amount: 700, currency: 'eur', customer });
    await expect(euros).rejects.toMatchObject({ statusCode: 400, param: 'currency' });
  });

  it('pays invoices as the default source once it is verified', async () => {
    const { customer, source } = await typed();
    await stripe.invoiceItems.create({ customer, amount: 1200, currency: 'usd' });
    const draft = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' });
    await expect(stripe.invoices.pay(draft.id)).rejects.toMatchObject({ statusCode: 400 });
    await stripe.customers.verifySource(customer, source.id, { amounts: [32, 45] });
    await stripe.invoices.pay(draft.id);
    await later(200);
    expect((await stripe.invoices.retrieve(draft.id)).status).toBe('paid');
  });

  it('only test accounts of the United States are taken', async () => {
    sandbox.steers('is about what Stripe takes and the sandbox refuses');
    await expect(typed({ country: 'DE' })).rejects.toMatchObject({ param: 'source[country]' });
    await expect(typed({ currency: 'eur' })).rejects.toMatchObject({ param: 'source[currency]' });
    await expect(typed({ routing_number: '1' })).rejects.toMatchObject({ code: 'routing_number_invalid' });
    await expect(typed({ account_number: '123' })).rejects.toMatchObject({ code: 'account_number_invalid' });
    await expect(typed({ object: 'cheque' })).rejects.toMatchObject({ param: 'source[object]' });
  });
});
