import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../../testing/running-sandbox.js';

let sandbox: RunningSandbox;
let stripe: Stripe;
let older: Stripe;

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe('sk_test_intents');
  older = sandbox.stripe('sk_test_intents', { apiVersion: '2026-08-26.dahlia' as never });
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

const offSession = { currency: 'usd', confirm: true, off_session: true } as const;

const saved = async (token: string): Promise<{ customer: string; payment_method: string }> => {
  const customer = await stripe.customers.create();
  const method = await stripe.paymentMethods.attach(token, { customer: customer.id });
  return { customer: customer.id, payment_method: method.id };
};

const eventTypes = async (count: number): Promise<string[]> =>
  (await stripe.events.list({ limit: count })).data.map((event) => event.type).reverse();

describe('paying', () => {
  it('a saved card pays off session: one charge, its money on the balance less the fee, events in order', async () => {
    const intent = await stripe.paymentIntents.create({
      ...offSession,
      ...(await saved('pm_card_visa')),
      amount: 10_000,
      metadata: { attempt: 'a1' },
      expand: ['latest_charge.balance_transaction'],
    });
    expect(intent).toMatchObject({ status: 'succeeded', amount_received: 10_000 });
    const charge = intent.latest_charge as Stripe.Charge;
    expect(charge).toMatchObject({ paid: true, captured: true, metadata: { attempt: 'a1' } });
    expect(charge.balance_transaction).toMatchObject({ amount: 10_000, fee: 320, net: 9680, exchange_rate: null });
    expect(await eventTypes(3)).toEqual(['payment_intent.created', 'charge.succeeded', 'payment_intent.succeeded']);
    const [listed] = (await stripe.charges.list({ payment_intent: intent.id })).data;
    expect(listed?.id).toBe(charge.id);
  });

  it('behaviour 34: a decline is 402 with the intent inside, a failed charge, and the intent back at its start', async () => {
    const intent = await stripe.paymentIntents.create({
      amount: 5000,
      currency: 'usd',
      ...(await saved('pm_card_chargeCustomerFail')),
    });
    const confirm = stripe.paymentIntents.confirm(intent.id, { off_session: true });
    await expect(confirm).rejects.toMatchObject({
      statusCode: 402,
      type: 'StripeCardError',
      code: 'card_declined',
      decline_code: 'generic_decline',
      advice_code: 'try_again_later',
      payment_intent: { id: intent.id, status: 'requires_payment_method' },
    });
    const after = await stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge'] });
    expect(after).toMatchObject({ status: 'requires_payment_method', payment_method: null, amount_received: 0 });
    expect(after.last_payment_error).toMatchObject({ code: 'card_declined', advice_code: 'try_again_later' });
    expect(after.last_payment_error?.payment_method?.id).toBe(intent.payment_method);
    expect(after.latest_charge).toMatchObject({ status: 'failed', paid: false, balance_transaction: null });
    expect(await eventTypes(2)).toEqual(['charge.failed', 'payment_intent.payment_failed']);
  });

  // Checked, 35: documented: https://docs.stripe.com/payments/save-and-reuse#charge-saved-payment-method.
  it('behaviour 35: a bank that wants the absent customer declines with authentication_required, and the intent can be confirmed again', async () => {
    const who = await saved('pm_card_authenticationRequired');
    const create = stripe.paymentIntents.create({ ...offSession, ...who, amount: 700 });
    const error = (await create.catch((reason: unknown) => reason)) as Stripe.errors.StripeCardError;
    expect(error).toMatchObject({
      statusCode: 402,
      code: 'authentication_required',
      decline_code: 'authentication_required',
    });
    const id = error.payment_intent?.id ?? '';
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_payment_method');
    const again = await stripe.paymentIntents.confirm(id, {
      payment_method: who.payment_method,
      return_url: 'https://shop.example/back',
    });
    expect(again.status).toBe('requires_action');
    expect(again.next_action?.redirect_to_url?.return_url).toBe('https://shop.example/back');
  });

  it('behaviour 35: error_on_requires_action refuses to wait and asks no bank', async () => {
    const create = stripe.paymentIntents.create({
      amount: 700,
      currency: 'usd',
      confirm: true,
      error_on_requires_action: true,
      return_url: 'https://shop.example/back',
      ...(await saved('pm_card_authenticationRequired')),
    });
    await expect(create).rejects.toMatchObject({
      code: 'authentication_required',
      decline_code: 'authentication_not_handled',
    });
  });

  // Checked, 36: documented: https://docs.stripe.com/payments/3d-secure/authentication-flow,
  // https://docs.stripe.com/error-codes#payment-intent-authentication-failure; its type was seen in fixtures of the
  // mobile SDKs.
  it('behaviour 36: on session the customer is sent to authenticate, or left to the browser when there is no way back', async () => {
    const who = await saved('pm_card_threeDSecure2Required');
    const intent = await stripe.paymentIntents.create({
      amount: 700,
      currency: 'usd',
      confirm: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      ...who,
    });
    expect(intent).toMatchObject({ status: 'requires_action', next_action: { type: 'use_stripe_sdk' } });
  });

  // Checked, 37: documented: https://docs.stripe.com/changelog/2023-08-16/automatic-payment-methods.
  it('behaviour 37: methods that may redirect need a way back', async () => {
    const intent = await stripe.paymentIntents.create({ amount: 700, currency: 'usd', payment_method: 'pm_card_visa' });
    await expect(stripe.paymentIntents.confirm(intent.id)).rejects.toMatchObject({ statusCode: 400 });
    const paid = await stripe.paymentIntents.confirm(intent.id, { return_url: 'https://shop.example/back' });
    expect(paid.status).toBe('succeeded');
    // Nobody is there to be sent away: https://docs.stripe.com/changelog/2023-08-16/automatic-payment-methods
    const absent = await stripe.paymentIntents.create({ ...offSession, amount: 700, payment_method: 'pm_card_visa' });
    expect(absent.status).toBe('succeeded');
    const stays = { enabled: true, allow_redirects: 'never' } as const;
    const order = { amount: 700, currency: 'usd', confirm: true, payment_method: 'pm_card_visa' };
    const there = await stripe.paymentIntents.create({ ...order, automatic_payment_methods: stays });
    expect(there.status).toBe('succeeded');
    const types = {
      amount: 700,
      currency: 'usd',
      confirm: true,
      payment_method: 'pm_card_visa',
      payment_method_types: ['card'],
    };
    expect((await older.paymentIntents.create(types as never)).status).toBe('succeeded');
  });

  it('behaviour 40: a method of nobody is spent by its first payment', async () => {
    const method = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
    const pay = () => stripe.paymentIntents.create({ ...offSession, amount: 900, payment_method: method.id });
    expect((await pay()).status).toBe('succeeded');
    await expect(pay()).rejects.toMatchObject({ statusCode: 400 });
  });

  const inStatus: Record<string, () => Promise<Stripe.PaymentIntent>> = {
    requires_payment_method: () => stripe.paymentIntents.create({ amount: 900, currency: 'usd' }),
    requires_confirmation: () =>
      stripe.paymentIntents.create({ amount: 900, currency: 'usd', payment_method: 'pm_card_visa' }),
    requires_action: () =>
      stripe.paymentIntents.create({
        amount: 900,
        currency: 'usd',
        confirm: true,
        payment_method: 'pm_card_authenticationRequired',
        return_url: 'https://shop.example/back',
      }),
    processing: () =>
      stripe.paymentIntents.create({
        amount: 900,
        currency: 'eur',
        confirm: true,
        return_url: 'https://shop.example/back',
        payment_method_data: { type: 'sepa_debit', sepa_debit: { iban: 'AT611904300234573201' } },
      }),
    requires_capture: () =>
      stripe.paymentIntents.create({
        ...offSession,
        amount: 900,
        payment_method: 'pm_card_visa',
        capture_method: 'manual',
      }),
    succeeded: () => stripe.paymentIntents.create({ ...offSession, amount: 900, payment_method: 'pm_card_visa' }),
    canceled: async () =>
      stripe.paymentIntents.cancel((await stripe.paymentIntents.create({ amount: 900, currency: 'usd' })).id),
  };

  it.each([
    ['requires_payment_method', 'succeeded', 'refused', 'canceled'],
    ['requires_confirmation', 'succeeded', 'refused', 'canceled'],
    ['requires_action', 'succeeded', 'refused', 'canceled'],
    ['processing', 'refused', 'refused', 'refused'],
    ['requires_capture', 'refused', 'succeeded', 'canceled'],
    ['succeeded', 'refused', 'refused', 'refused'],
    ['canceled', 'refused', 'refused', 'refused'],
  ])('behaviour 41: %s: confirmed is %s, captured is %s, canceled is %s', async (status, ...outcomes) => {
    const verbs = [
      (id: string) => stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa', off_session: true }),
      (id: string) => stripe.paymentIntents.capture(id),
      (id: string) => stripe.paymentIntents.cancel(id),
    ];
    for (const [position, verb] of verbs.entries()) {
      const intent = await inStatus[status]?.();
      expect(intent?.status).toBe(status);
      const after = await verb(intent?.id ?? '').then(
        (moved) => moved.status,
        (error: Stripe.errors.StripeError) =>
          error.code === 'payment_intent_unexpected_state' && error.statusCode === 400 ? 'refused' : String(error),
      );
      expect(after).toBe(outcomes[position]);
      if (after === 'refused') expect((await stripe.paymentIntents.retrieve(intent?.id ?? '')).status).toBe(status);
    }
  });

  // Checked, 41: documented: https://docs.stripe.com/payments/paymentintents/lifecycle,
  // https://docs.stripe.com/error-codes#payment-intent-unexpected-state.
  it('behaviour 41: a succeeded intent can be neither confirmed nor canceled, and the refusal holds the intent', async () => {
    const intent = await stripe.paymentIntents.create({ ...offSession, ...(await saved('pm_card_visa')), amount: 900 });
    const refusal = { statusCode: 400, code: 'payment_intent_unexpected_state', payment_intent: { id: intent.id } };
    await expect(stripe.paymentIntents.confirm(intent.id)).rejects.toMatchObject(refusal);
    await expect(stripe.paymentIntents.cancel(intent.id)).rejects.toMatchObject(refusal);
    await expect(stripe.paymentIntents.capture(intent.id)).rejects.toMatchObject(refusal);
    expect((await stripe.charges.list({ payment_intent: intent.id })).data).toHaveLength(1);
  });

  it('behaviour 41: a canceled intent stays canceled', async () => {
    const intent = await stripe.paymentIntents.create({ amount: 900, currency: 'usd' });
    const canceled = await stripe.paymentIntents.cancel(intent.id, { cancellation_reason: 'abandoned' });
    expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
    await expect(stripe.paymentIntents.confirm(intent.id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
  });

  // Checked, 43: documented: https://docs.stripe.com/payments/place-a-hold-on-a-payment-method; that no event tells of
  // what a part leaves is not documented, and ours.
  it('behaviour 43: held money is captured in part once, the rest is released', async () => {
    const held = await stripe.paymentIntents.create({
      ...offSession,
      ...(await saved('pm_card_visa')),
      amount: 5000,
      capture_method: 'manual',
    });
    expect(held).toMatchObject({ status: 'requires_capture', amount_capturable: 5000, amount_received: 0 });
    const captured = await stripe.paymentIntents.capture(held.id, {
      amount_to_capture: 3000,
      expand: ['latest_charge'],
    });
    expect(captured).toMatchObject({ status: 'succeeded', amount_received: 3000, amount_capturable: 0 });
    expect(captured.latest_charge).toMatchObject({
      captured: true,
      amount: 5000,
      amount_captured: 3000,
      amount_refunded: 2000,
      refunded: false,
    });
    const [release] = (await stripe.refunds.list({ payment_intent: held.id })).data;
    expect(release).toMatchObject({ amount: 2000, status: 'succeeded', balance_transaction: null });
    const [money] = (await stripe.balanceTransactions.list({ limit: 1 })).data;
    expect(money).toMatchObject({ amount: 3000, type: 'charge' });
    expect((await stripe.refunds.create({ payment_intent: held.id })).amount).toBe(3000);
    await expect(stripe.paymentIntents.capture(held.id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
  });

  it.each([
    ['seven days', 'pm_card_visa', { return_url: 'https://shop.example/back' }, 7 * 86_400],
    ['seven days', 'pm_card_mastercard', { off_session: true }, 7 * 86_400],
    [
      'four days and 18 hours, with a Visa card and without its holder,',
      'pm_card_visa',
      { off_session: true },
      410_400,
    ],
  ])('behaviour 43: a hold ends after %s %s', async (_title, card, presence, seconds) => {
    const order = { amount: 5000, currency: 'usd', capture_method: 'manual', confirm: true } as const;
    const held = await stripe.paymentIntents.create({
      ...order,
      ...presence,
      ...(await saved(card)),
      expand: ['latest_charge'],
    });
    const charge = held.latest_charge as Stripe.Charge;
    expect(charge.payment_method_details?.card?.capture_before).toBe(charge.created + seconds);
    const later = (advance: number) =>
      sandbox.control('POST', 'clock', { key: 'sk_test_intents', advance_seconds: advance });
    await later(seconds - 5);
    expect((await stripe.paymentIntents.retrieve(held.id)).status).toBe('requires_capture');
    await later(6);
    expect(await stripe.paymentIntents.retrieve(held.id)).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'automatic',
    });
    expect(await stripe.charges.retrieve(charge.id)).toMatchObject({ refunded: true, amount_refunded: 5000 });
    expect(await eventTypes(2)).toEqual(['charge.expired', 'payment_intent.canceled']);
  });

  const debit = async (iban: string) =>
    stripe.paymentIntents.create({
      amount: 2000,
      currency: 'eur',
      confirm: true,
      return_url: 'https://shop.example/back',
      payment_method_data: {
        type: 'sepa_debit',
        sepa_debit: { iban },
        billing_details: { name: 'Jo Doe', email: 'jo@example.com' },
      },
      mandate_data: { customer_acceptance: { type: 'offline' } },
    });

  it('behaviour 44: a bank debit is processing first, and no money came yet', async () => {
    const intent = await debit('AT611904300234573201');
    expect(intent).toMatchObject({ status: 'processing', amount_received: 0, last_payment_error: null });
  });

  it('behaviour 44: it is paid or returned later', async () => {
    const [paying, failing] = [await debit('AT611904300234573201'), await debit('AT861904300235473202')];
    expect([paying.status, failing.status]).toEqual(['processing', 'processing']);
    await sandbox.control('POST', 'clock', { key: 'sk_test_intents', advance_seconds: 3600 });
    const paid = await stripe.paymentIntents.retrieve(paying.id, { expand: ['latest_charge.balance_transaction'] });
    expect(paid).toMatchObject({ status: 'succeeded', amount_received: 2000 });
    expect((paid.latest_charge as Stripe.Charge).balance_transaction).toMatchObject({ type: 'payment', amount: 2000 });
    const failed = await stripe.paymentIntents.retrieve(failing.id, { expand: ['latest_charge'] });
    expect(failed).toMatchObject({ status: 'requires_payment_method', latest_charge: { status: 'failed' } });
  });
});

describe('cards that authenticate', () => {
  const setUp = async (): Promise<{ customer: string; payment_method: string }> => {
    const customer = (await stripe.customers.create()).id;
    const intent = await stripe.setupIntents.create({
      customer,
      confirm: true,
      payment_method: 'pm_card_authenticationRequiredOnSetup',
      return_url: 'https://shop.example/back',
    });
    const url = intent.next_action?.redirect_to_url?.url ?? '';
    await sandbox.page(url, { outcome: 'complete' });
    return { customer, payment_method: String((await stripe.setupIntents.retrieve(intent.id)).payment_method) };
  };

  it('behaviour 38: one passes without its holder once it was set up, and not before; with its holder it always asks', async () => {
    const pay = (who: object) => stripe.paymentIntents.create({ ...offSession, amount: 900, ...who });
    await expect(pay(await saved('pm_card_authenticationRequiredOnSetup'))).rejects.toMatchObject({
      code: 'authentication_required',
    });
    const who = await setUp();
    expect((await pay(who)).status).toBe('succeeded');
    expect((await pay({ ...who, off_session: false, return_url: 'https://shop.example/back' })).status).toBe(
      'requires_action',
    );
  });

  it.each([
    ['pm_card_visa', 'succeeded'],
    ['pm_card_amex_threeDSecureNotSupported', 'succeeded'],
    ['pm_card_threeDSecureOptional', 'requires_action'],
  ])('behaviour 38: %s %s when 3D Secure is asked for', async (payment_method, status) => {
    const asking = {
      confirm: true,
      payment_method,
      payment_method_options: { card: { request_three_d_secure: 'any' as const } },
      return_url: 'https://shop.example/back',
    };
    expect((await stripe.paymentIntents.create({ ...asking, amount: 900, currency: 'usd' })).status).toBe(status);
    expect(await stripe.setupIntents.create(asking)).toMatchObject({
      status,
      payment_method_options: { card: { request_three_d_secure: 'any' } },
    });
  });

  it('behaviour 38: 3D Secure that is optional is not asked for unless somebody does', async () => {
    const plain = {
      confirm: true,
      payment_method: 'pm_card_threeDSecureOptional',
      return_url: 'https://shop.example/',
    };
    expect((await stripe.paymentIntents.create({ ...plain, amount: 900, currency: 'usd' })).status).toBe('succeeded');
    expect((await stripe.setupIntents.create(plain)).status).toBe('succeeded');
  });
});
