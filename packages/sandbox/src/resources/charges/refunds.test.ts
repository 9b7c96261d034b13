import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../../testing/running-sandbox.js';

let sandbox: RunningSandbox;
let stripe: Stripe;
const key = 'sk_test_refunds';

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe(key);
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

const paid = (token: string, amount = 10_000): Promise<Stripe.PaymentIntent> =>
  stripe.paymentIntents.create({ amount, currency: 'usd', confirm: true, off_session: true, payment_method: token });

const chargeOf = async (intent: Stripe.PaymentIntent): Promise<Stripe.Charge> =>
  stripe.charges.retrieve(String(intent.latest_charge), { expand: ['refunds'] });

const lastEvents = async (count: number): Promise<string[]> =>
  (await stripe.events.list({ limit: count })).data.map((event) => event.type).reverse();

const later = (seconds: number): Promise<unknown> =>
  sandbox.control('POST', 'clock', { key, advance_seconds: seconds });

describe('refunds', () => {
  // Checked, 42: documented: https://docs.stripe.com/refunds#failed-refunds,
  // https://docs.stripe.com/error-codes#charge-already-refunded; the words for too much were seen in logs.
  it('behaviour 42: parts are refunded up to what was captured, and no further', async () => {
    const intent = await paid('pm_card_visa');
    const refund = await stripe.refunds.create({
      payment_intent: intent.id,
      amount: 4000,
      expand: ['balance_transaction'],
    });
    expect(refund).toMatchObject({ status: 'succeeded', amount: 4000 });
    expect(refund.balance_transaction).toMatchObject({
      type: 'refund',
      amount: -4000,
      fee: 0,
      net: -4000,
      source: refund.id,
    });
    expect(await lastEvents(2)).toEqual(['charge.refunded', 'refund.created']);
    const tooMuch = stripe.refunds.create({ payment_intent: intent.id, amount: 6001 });
    await expect(tooMuch).rejects.toMatchObject({ statusCode: 400, param: 'amount' });
    await stripe.refunds.create({ charge: String(intent.latest_charge) });
    expect(await chargeOf(intent)).toMatchObject({ amount_refunded: 10_000, refunded: true });
    const again = stripe.refunds.create({ payment_intent: intent.id });
    await expect(again).rejects.toMatchObject({ statusCode: 400, code: 'charge_already_refunded' });
    expect((await stripe.refunds.list({ payment_intent: intent.id })).data.map((one) => one.amount)).toEqual([
      6000, 4000,
    ]);
  });

  it('behaviour 42: a refund may wait and succeed later', async () => {
    const refund = await stripe.refunds.create({ payment_intent: (await paid('pm_card_pendingRefund')).id });
    expect(refund.status).toBe('pending');
    await later(61);
    expect((await stripe.refunds.retrieve(refund.id)).status).toBe('succeeded');
    expect(await lastEvents(2)).toEqual(['refund.updated', 'charge.refund.updated']);
  });

  it('behaviour 42: a refund may fail later, and its money is on the balance again', async () => {
    const intent = await paid('pm_card_refundFail');
    const refund = await stripe.refunds.create({ payment_intent: intent.id });
    expect(refund.status).toBe('succeeded');
    await later(61);
    const failed = await stripe.refunds.retrieve(refund.id, { expand: ['failure_balance_transaction'] });
    expect(failed).toMatchObject({ status: 'failed', failure_reason: 'expired_or_canceled_card' });
    expect(failed.failure_balance_transaction).toMatchObject({ type: 'refund_failure', amount: 10_000 });
    expect(await chargeOf(intent)).toMatchObject({ amount_refunded: 0, refunded: false });
    expect(await lastEvents(4)).toEqual(['refund.failed', 'refund.updated', 'charge.refund.updated', 'charge.updated']);
    expect((await stripe.refunds.create({ payment_intent: intent.id })).amount).toBe(10_000);
  });

  it('a waiting refund can be canceled, another cannot', async () => {
    const waiting = await stripe.refunds.create({ payment_intent: (await paid('pm_card_pendingRefund')).id });
    expect((await stripe.refunds.cancel(waiting.id)).status).toBe('canceled');
    await expect(stripe.refunds.cancel(waiting.id)).rejects.toMatchObject({ statusCode: 400 });
  });

  it('an intent that took no money has nothing to refund', async () => {
    const intent = await stripe.paymentIntents.create({ amount: 1000, currency: 'usd' });
    await expect(stripe.refunds.create({ payment_intent: intent.id })).rejects.toMatchObject({ statusCode: 400 });
    await expect(stripe.refunds.create({})).rejects.toMatchObject({ statusCode: 400 });
    await expect(stripe.refunds.create({ charge: 'ch_nothing' })).rejects.toMatchObject({
      statusCode: 400,
      param: 'charge',
    });
  });
});

it('behaviour 42: a refund that waits when the sandbox is stopped succeeds after it started again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-refund-'));
  try {
    const first = await runSandbox({ dataFolder: folder });
    const before = first.stripe('sk_test_restarted');
    const order = {
      amount: 900,
      currency: 'usd',
      confirm: true,
      off_session: true,
      payment_method: 'pm_card_pendingRefund',
    };
    const intent = await before.paymentIntents.create(order);
    const refund = await before.refunds.create({ payment_intent: intent.id });
    await first.close();
    const second = await runSandbox({ dataFolder: folder, seed: 2 });
    await second.control('POST', 'clock', { key: 'sk_test_restarted', advance_seconds: 61 });
    const after = second.stripe('sk_test_restarted');
    expect(await after.refunds.retrieve(refund.id)).toMatchObject({ status: 'succeeded', amount: 900 });
    expect((await after.paymentIntents.retrieve(intent.id)).status).toBe('succeeded');
    await second.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe('disputes', () => {
  // Checked, 45: documented: https://docs.stripe.com/disputes/how-disputes-work.
  it('behaviour 45: the money is gone when the dispute opens, with two events, and the charge cannot be refunded', async () => {
    const intent = await paid('pm_card_createDispute');
    expect(await lastEvents(3)).toEqual(['charge.dispute.created', 'charge.dispute.funds_withdrawn', 'charge.updated']);
    const [dispute] = (await stripe.disputes.list({ payment_intent: intent.id })).data;
    expect(dispute).toMatchObject({ status: 'needs_response', amount: 10_000, reason: 'fraudulent' });
    expect(dispute?.balance_transactions[0]).toMatchObject({
      type: 'adjustment',
      amount: -10_000,
      fee: 1500,
      net: -11_500,
    });
    expect((await chargeOf(intent)).disputed).toBe(true);
    await expect(stripe.refunds.create({ payment_intent: intent.id })).rejects.toMatchObject({
      code: 'charge_disputed',
    });
  });

  it('behaviour 45: money comes back only when the dispute is won', async () => {
    const open = async () =>
      (await stripe.disputes.list({ payment_intent: (await paid('pm_card_createDispute')).id })).data[0]?.id ?? '';
    const won = await stripe.disputes.update(await open(), { evidence: { uncategorized_text: 'winning_evidence' } });
    expect(won.status).toBe('won');
    expect(won.balance_transactions.map((one) => one.amount)).toEqual([-10_000, 10_000]);
    expect(await lastEvents(2)).toEqual(['charge.dispute.closed', 'charge.dispute.funds_reinstated']);
    const lost = await stripe.disputes.close(await open());
    expect(lost).toMatchObject({ status: 'lost' });
    expect(lost.balance_transactions).toHaveLength(1);
    await expect(stripe.disputes.close(lost.id)).rejects.toMatchObject({ statusCode: 400 });
  });
});

describe('verdicts by the control API', () => {
  it('behaviour 45: a dispute is won once', async () => {
    const intent = await paid('pm_card_createDispute');
    const [dispute] = (await stripe.disputes.list({ payment_intent: intent.id })).data;
    const decide = () => sandbox.control('POST', 'disputes', { key, dispute: dispute?.id, outcome: 'won' });
    expect(await decide()).toMatchObject({ status: 'won' });
    expect(await decide()).toMatchObject({ error: { param: 'dispute' } });
    expect((await stripe.refunds.create({ payment_intent: intent.id })).status).toBe('succeeded');
  });
});

describe('inquiries', () => {
  it('behaviour 45: an inquiry takes no money, and the charge can be refunded', async () => {
    const intent = await paid('pm_card_createDisputeInquiry');
    const [inquiry] = (await stripe.disputes.list({ payment_intent: intent.id })).data;
    expect(inquiry).toMatchObject({
      status: 'warning_needs_response',
      is_charge_refundable: true,
      balance_transactions: [],
    });
    expect((await stripe.refunds.create({ payment_intent: intent.id })).status).toBe('succeeded');
    expect((await stripe.disputes.close(inquiry?.id ?? '')).status).toBe('warning_closed');
  });
});

describe('disputes that nobody answers', () => {
  it('behaviour 45: are lost once their time to answer is over, and those that were answered wait for the bank', async () => {
    const opened = async (token: string) =>
      (await stripe.disputes.list({ payment_intent: (await paid(token)).id })).data[0]?.id ?? '';
    const [silent, answered] = [await opened('pm_card_createDispute'), await opened('pm_card_createDispute')];
    const inquiry = await opened('pm_card_createDisputeInquiry');
    await stripe.disputes.update(silent, { evidence: { uncategorized_text: 'Staged' }, submit: false });
    await stripe.disputes.update(answered, { evidence: { uncategorized_text: 'We sent it.' } });
    const { evidence_details: details, created } = await stripe.disputes.retrieve(silent);
    const statuses = async (): Promise<string[]> =>
      Promise.all([silent, answered, inquiry].map(async (id) => (await stripe.disputes.retrieve(id)).status));
    await later((details.due_by ?? 0) - created - 60);
    expect(await statuses()).toEqual(['needs_response', 'under_review', 'warning_needs_response']);
    await later(120);
    expect(await statuses()).toEqual(['lost', 'under_review', 'warning_needs_response']);
    expect(await lastEvents(1)).toEqual(['charge.dispute.closed']);
    await later(120 * 86_400);
    expect(await statuses()).toEqual(['lost', 'under_review', 'warning_closed']);
  });
});

describe('set-ups', () => {
  it('a confirmed set-up attaches the card to its customer', async () => {
    const customer = await stripe.customers.create();
    const intent = await stripe.setupIntents.create({
      customer: customer.id,
      confirm: true,
      payment_method: 'pm_card_visa',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      expand: ['payment_method', 'latest_attempt'],
    });
    expect(intent).toMatchObject({ status: 'succeeded', payment_method: { customer: customer.id } });
    expect(intent.latest_attempt).toMatchObject({ status: 'succeeded', setup_intent: intent.id });
    expect(await lastEvents(3)).toEqual(['setup_intent.created', 'payment_method.attached', 'setup_intent.succeeded']);
  });

  it('behaviour 34: a declined set-up is 402 with the intent inside and attaches nothing', async () => {
    const customer = await stripe.customers.create();
    const create = stripe.setupIntents.create({
      customer: customer.id,
      confirm: true,
      payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds',
      return_url: 'https://shop.example/back',
    });
    await expect(create).rejects.toMatchObject({
      statusCode: 402,
      decline_code: 'insufficient_funds',
      setup_intent: { status: 'requires_payment_method' },
    });
    expect((await stripe.customers.listPaymentMethods(customer.id)).data).toEqual([]);
  });

  it('a canceled set-up stays canceled', async () => {
    const intent = await stripe.setupIntents.create({ payment_method: 'pm_card_visa' });
    expect((await stripe.setupIntents.cancel(intent.id)).status).toBe('canceled');
    const confirm = stripe.setupIntents.confirm(intent.id, { return_url: 'https://shop.example/back' });
    await expect(confirm).rejects.toMatchObject({ code: 'setup_intent_unexpected_state' });
  });
});
