import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { visitDashboard } from '../src/testing/dashboard-visit.js';
import { type RunningSandbox, runSandbox, startReceiver } from '../src/testing/running-sandbox.js';

let sandbox: RunningSandbox;

beforeAll(async () => {
  sandbox = await runSandbox();
});
afterAll(() => sandbox.close());
afterEach(() => {
  sandbox.clearFaults();
  expect(sandbox.contractMisfits()).toEqual([]);
});

/** A platform, and an account that it made. */
const platformWith = async (name: string) => {
  const key = `sk_test_${name}`;
  const platform = sandbox.stripe(key);
  const { id } = await platform.v2.core.accounts.create({
    contact_email: 'jo@example.com',
    configuration: { merchant: { capabilities: { card_payments: { requested: true } } } },
    include: ['requirements'],
  });
  return { key, platform, id, stripeAccount: { stripeAccount: id } };
};

describe('an account that is taken from its platform at a moment', () => {
  test('is refused from the request on that the rule strikes, and its platform hears of it', async () => {
    const { platform, id, stripeAccount } = await platformWith('faultplatform');
    const receiver = await startReceiver();
    const types = ['account.application.deauthorized'] as const;
    await platform.webhookEndpoints.create({ url: receiver.url, enabled_events: [...types], connect: true });
    const rule = { kind: 'account_deauthorized', account: id, request: 'POST /v1/customers', after: 1, times: 1 };
    await sandbox.control('POST', 'faults', rule);
    await platform.customers.create({}, stripeAccount);
    const refused = platform.customers.create({}, stripeAccount);
    await expect(refused).rejects.toMatchObject({ statusCode: 403, code: 'account_invalid' });
    await expect(platform.customers.list({}, stripeAccount)).rejects.toMatchObject({ statusCode: 403 });
    const [told] = await receiver.arrived(1);
    expect(JSON.parse(told?.body ?? '{}')).toMatchObject({ type: types[0], account: id });
    await receiver.close();
  });

  test('is not struck where the chance says no, and its own holder goes on', async () => {
    const key = 'sk_test_faultholder';
    const holder = sandbox.stripe(key);
    const { id } = await holder.accounts.retrieveCurrent();
    const platform = sandbox.stripe('sk_test_faultowner');
    await platform.customers.create();
    await sandbox.control('POST', 'connections', { platform: 'sk_test_faultowner', key });
    await sandbox.control('POST', 'faults', { kind: 'account_deauthorized', account: id, probability: 0 });
    await platform.customers.create({}, { stripeAccount: id });
    await sandbox.control('POST', 'faults', { kind: 'account_deauthorized', account: id });
    await holder.customers.create();
    await expect(platform.customers.create({}, { stripeAccount: id })).rejects.toMatchObject({ statusCode: 403 });
  });
});

describe('a requirement that Stripe raises at a moment', () => {
  const requirementsOf = async (platform: Stripe, id: string) => {
    const found = await platform.v2.core.accounts.retrieve(id, { include: ['requirements'] });
    return (found.requirements?.entries ?? []).map(({ description, errors }) => [
      description,
      errors.map(({ code }) => code),
    ]);
  };

  test('is there from the request on that the rule strikes, which goes on', async () => {
    const { platform, id, stripeAccount } = await platformWith('faultrequirement');
    const description = 'identity.individual.documents.primary_verification';
    await sandbox.control('POST', 'faults', {
      kind: 'requirement_raised',
      account: id,
      request: 'POST /v1/payment_intents',
      times: 1,
      description,
      dueInSeconds: 3600,
      code: 'verification_document_expired',
    });
    const raised = [description, ['verification_document_expired']];
    expect(await requirementsOf(platform, id)).not.toContainEqual(raised);
    await platform.customers.create({}, stripeAccount);
    expect(await requirementsOf(platform, id)).not.toContainEqual(raised);
    await platform.paymentIntents.create({ amount: 900, currency: 'usd' }, stripeAccount);
    expect(await requirementsOf(platform, id)).toContainEqual(raised);
  });

  test('is set on the page of faults as well, with every field that a rule has', async () => {
    const key = 'sk_test_faultpage';
    const visit = await visitDashboard(sandbox, key);
    const stripe = sandbox.stripe(key);
    await visit.send('/faults', {
      action: 'add',
      kind: 'requirement_raised',
      request: 'POST /v1/customers',
      times: '1',
      description: 'identity.individual.email',
      dueInSeconds: '60',
      code: 'invalid_value_other',
    });
    expect(await visit.look('/faults')).toContain('requirement raised');
    await stripe.customers.create();
    expect(await visit.look('/requirements')).toContain('identity.individual.email');
    const card = { action: 'add', kind: 'status', request: 'POST /v1/refunds', status: '402', after: '0' };
    await visit.send('/faults', { ...card, error: '{"code": "card_declined", "decline_code": "lost_card"}' });
    await expect(stripe.refunds.create({ charge: 'ch_none' })).rejects.toMatchObject({
      statusCode: 402,
      code: 'card_declined',
      decline_code: 'lost_card',
    });
    expect((await visit.try('/faults', { ...card, error: 'lost_card' })).status).toBe(400);
    expect((await visit.try('/faults', { action: 'add', kind: 'requirement_raised' })).status).toBe(400);
  });
});
