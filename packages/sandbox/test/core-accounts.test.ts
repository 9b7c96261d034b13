import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cards, complete, everything, merchant, profile } from '../src/testing/merchant-account.js';
import {
  type RunningSandbox,
  runSandbox,
  startReceiver,
  type WebhookReceiver,
} from '../src/testing/running-sandbox.js';

// Behaviours 27, 29 and 69 for accounts that a platform makes. https://docs.stripe.com/api/v2/core/accounts

let sandbox: RunningSandbox;
let receiver: WebhookReceiver | undefined;
let platform: Stripe;
let key = '';
let count = 0;

beforeAll(async () => {
  sandbox = await runSandbox();
});

beforeEach(() => {
  count += 1;
  key = `sk_test_maker${count}`;
  platform = sandbox.stripe(key);
});

afterEach(async () => {
  await receiver?.close();
  receiver = undefined;
  expect(sandbox.contractMisfits()).toEqual([]);
});

afterAll(() => sandbox.close());

const listen = async (): Promise<WebhookReceiver> => {
  receiver = await startReceiver();
  return receiver;
};

const advance = (account: string, seconds: number): Promise<unknown> =>
  sandbox.control('POST', 'clock', { account, advance_seconds: seconds });

const due = (account: Stripe.V2.Core.Account) => account.requirements?.entries?.map((entry) => entry.description) ?? [];

const legacy = (account: string): Promise<Stripe.Account> =>
  platform.accounts.retrieveCurrent({}, { stripeAccount: account });

test('behaviour 68: a link to its onboarding names the account and lives for minutes', async () => {
  const account = await platform.v2.core.accounts.create(merchant);
  const link = await platform.v2.core.accountLinks.create({
    account: account.id,
    use_case: {
      type: 'account_onboarding',
      account_onboarding: {
        refresh_url: 'https://platform.example/again',
        return_url: 'https://platform.example/back',
      },
    },
  });
  expect(link).toMatchObject({ object: 'v2.core.account_link', account: account.id });
  expect(new URL(link.url).protocol).toMatch(/^https?:$/);
  const livesMs = Date.parse(link.expires_at) - Date.parse(link.created);
  expect(livesMs).toBeGreaterThan(0);
  expect(livesMs).toBeLessThan(3_600_000);
});

describe('behaviour 69: an account that a platform makes', () => {
  test('is restricted and names everything it lacks, in both versions of the API', async () => {
    const account = await platform.v2.core.accounts.create(merchant);
    expect(account).toMatchObject({
      object: 'v2.core.account',
      applied_configurations: ['merchant'],
      closed: false,
      contact_email: 'owner@example.com',
      dashboard: 'none',
      defaults: { currency: 'usd', responsibilities: { requirements_collector: 'application' } },
      identity: { country: 'us' },
      livemode: false,
    });
    expect(cards(account)).toEqual({
      status: 'restricted',
      status_details: [{ code: 'requirements_past_due', resolution: 'provide_info' }],
    });
    expect(due(account)).toContain('identity.entity_type');
    expect(account.requirements?.entries?.find((entry) => entry.description === 'external_account')).toMatchObject({
      awaiting_action_from: 'user',
      impact: {
        restricts_capabilities: [
          { capability: 'stripe_balance.payouts', configuration: 'merchant', deadline: { status: 'past_due' } },
        ],
      },
      minimum_deadline: { status: 'past_due' },
      requested_reasons: [{ code: 'routine_onboarding' }],
    });
    expect(account.requirements?.summary?.minimum_deadline?.status).toBe('past_due');
    const old = await legacy(account.id);
    expect(old).toMatchObject({
      id: account.id,
      type: 'none',
      charges_enabled: false,
      payouts_enabled: false,
      details_submitted: false,
      capabilities: { card_payments: 'inactive' },
      requirements: { disabled_reason: 'requirements.past_due' },
    });
    expect(old.requirements?.past_due).toContain('business_type');
    expect(old.requirements?.currently_due).toEqual(old.requirements?.past_due);
  });

  test('shows what include names alone, and never a number that identifies a person', async () => {
    const { include: _include, ...params } = merchant;
    const account = await platform.v2.core.accounts.create({ ...params, identity: { country: 'us', ...complete() } });
    expect(Object.keys(account)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(configuration|defaults|identity|requirements)$/)]),
    );
    const shown = await platform.v2.core.accounts.retrieve(account.id, { include: ['identity'] });
    expect(shown.identity?.individual).toMatchObject({ given_name: 'Jo', id_numbers: [{ type: 'us_ssn' }] });
    expect(JSON.stringify(shown)).not.toContain('000000000');
    expect(shown.requirements).toBeUndefined();
  });

  test('is checked once everything is there, pends meanwhile, and then may charge', async () => {
    const account = await platform.v2.core.accounts.create(merchant);
    const submitted = await platform.v2.core.accounts.update(account.id, {
      defaults: profile,
      identity: complete(),
      include: everything,
    });
    expect(cards(submitted)).toEqual({
      status: 'pending',
      status_details: [{ code: 'requirements_pending_verification', resolution: 'no_resolution' }],
    });
    expect(submitted.requirements?.entries?.map((entry) => entry.awaiting_action_from)).toEqual(['user', 'stripe']);
    expect(await legacy(account.id)).toMatchObject({
      charges_enabled: false,
      details_submitted: true,
      requirements: { pending_verification: ['individual.verification.document'] },
    });
    await advance(account.id, 10);
    const checked = await platform.v2.core.accounts.retrieve(account.id, { include: everything });
    expect([cards(checked), due(checked)]).toEqual([{ status: 'active', status_details: [] }, ['external_account']]);
    expect(await legacy(account.id)).toMatchObject({ charges_enabled: true, payouts_enabled: false });
  });

  test('behaviour 70: test values decide what the check finds, and when', async () => {
    const outcomes = [
      [{ date_of_birth: { day: 1, month: 1, year: 1902 } }, 'active', []],
      [{ id_numbers: [{ type: 'us_ssn', value: '222222222' }] }, 'active', []],
      [{ id_numbers: [{ type: 'us_ssn', value: '111111111' }] }, 'restricted', ['verification_failed_id_number_match']],
      [
        { address: { line1: 'address_no_match', city: 'Reno', postal_code: '89501', country: 'us' } },
        'restricted',
        ['verification_failed_address_match'],
      ],
      [{ date_of_birth: { day: 2, month: 1, year: 1901 } }, 'restricted', ['verification_failed_keyed_identity']],
    ] as const;
    for (const [more, status, codes] of outcomes) {
      const identity = { country: 'us', ...complete(more as never) };
      const account = await platform.v2.core.accounts.create({
        ...merchant,
        identity,
        defaults: { ...merchant.defaults, ...profile },
      });
      const isImmediate = status === 'active';
      expect(cards(account)?.status).toBe(isImmediate ? 'active' : 'pending');
      if (!isImmediate) await advance(account.id, 10);
      const after = await platform.v2.core.accounts.retrieve(account.id, { include: everything });
      expect(cards(after)?.status).toBe(status);
      const errors = after.requirements?.entries?.flatMap((entry) => entry.errors.map(({ code }) => code));
      expect(errors).toEqual(codes);
    }
    const failed = (await platform.v2.core.accounts.list()).data[0]?.id ?? '';
    await platform.v2.core.accounts.update(failed, { identity: complete() });
    await advance(failed, 10);
    expect(await legacy(failed)).toMatchObject({ charges_enabled: true, requirements: { errors: [] } });
  });

  test('in a country that Stripe does not serve is unsupported', async () => {
    const account = await platform.v2.core.accounts.create({ ...merchant, identity: { country: 'aq' } });
    expect(cards(account)).toEqual({
      status: 'unsupported',
      status_details: [{ code: 'unsupported_country', resolution: 'no_resolution' }],
    });
  });
});

describe('behaviour 69: a requirement that is raised later', () => {
  const ready = async (): Promise<string> => {
    const individual = complete({ date_of_birth: { day: 1, month: 1, year: 1902 } });
    const account = await platform.v2.core.accounts.create({
      ...merchant,
      identity: { country: 'us', ...individual },
      defaults: { ...merchant.defaults, ...profile },
    });
    expect(cards(account)?.status).toBe('active');
    return account.id;
  };

  test('is currently due until its deadline, then past due, and takes the capability with it until it is cleared', async () => {
    const account = await ready();
    const description = 'identity.individual.documents.primary_verification';
    await sandbox.control('POST', 'requirements', { account, description, due_in_seconds: 3_600 });
    const before = await platform.v2.core.accounts.retrieve(account, { include: everything });
    expect(cards(before)?.status).toBe('active');
    const entry = before.requirements?.entries?.find((one) => one.description === description);
    expect(entry?.minimum_deadline.status).toBe('currently_due');
    expect(await legacy(account)).toMatchObject({
      charges_enabled: true,
      requirements: {
        current_deadline: expect.any(Number),
        currently_due: expect.arrayContaining(['individual.verification.document']),
      },
    });
    await advance(account, 3_600);
    const after = await platform.v2.core.accounts.retrieve(account, { include: everything });
    expect(cards(after)).toMatchObject({ status: 'restricted', status_details: [{ code: 'requirements_past_due' }] });
    expect(await legacy(account)).toMatchObject({
      charges_enabled: false,
      requirements: { disabled_reason: 'requirements.past_due' },
    });
    await sandbox.control('DELETE', 'requirements', { account, description });
    // The bank account it never had is all that is left.
    expect(await legacy(account)).toMatchObject({
      charges_enabled: true,
      requirements: { current_deadline: null, past_due: ['external_account'] },
    });
  });

  test('and a capability that somebody at Stripe takes away, come as events of both versions', async () => {
    const account = await ready();
    const webhooks = await listen();
    await platform.webhookEndpoints.create({
      url: `${webhooks.url}/snapshots`,
      enabled_events: ['account.updated'],
      connect: true,
    });
    await platform.v2.core.eventDestinations.create({
      name: 'Accounts',
      type: 'webhook_endpoint',
      event_payload: 'thin',
      events_from: ['@accounts'],
      enabled_events: [
        'v2.core.account[requirements].updated',
        'v2.core.account[configuration.merchant].capability_status_updated',
      ],
      webhook_endpoint: { url: `${webhooks.url}/thin` },
    });
    const verdict = { account, capability: 'card_payments', status: 'restricted', code: 'rejected_fraud' };
    await sandbox.control('POST', 'capabilities', verdict);
    await webhooks.arrived(2);
    await sandbox.control('POST', 'requirements', { account, description: 'identity.individual.email' });
    const events = (await webhooks.arrived(4)).map(({ body }) => JSON.parse(body));
    expect(events.map(({ type }) => type).sort()).toEqual([
      'account.updated',
      'account.updated',
      'v2.core.account[configuration.merchant].capability_status_updated',
      'v2.core.account[requirements].updated',
    ]);
    const snapshot = events.find(({ type }) => type === 'account.updated');
    expect(snapshot).toMatchObject({
      account,
      data: {
        object: { id: account, charges_enabled: false, requirements: { disabled_reason: 'rejected.fraud' } },
        previous_attributes: { charges_enabled: true, requirements: { disabled_reason: 'requirements.past_due' } },
      },
    });
    const thin = events.find(({ type }) => type.endsWith('capability_status_updated'));
    expect([thin.data, thin.related_object.id, thin.context]).toEqual([undefined, account, account]);
    const event = await platform.v2.core.events.retrieve(thin.id);
    if (event.type !== 'v2.core.account[configuration.merchant].capability_status_updated') throw new Error(event.type);
    expect(event.data).toEqual({ updated_capability: 'card_payments' });
    expect((await event.fetchRelatedObject()).id).toBe(account);
    await sandbox.control('POST', 'capabilities', { account, capability: 'card_payments', status: null });
    expect((await legacy(account)).charges_enabled).toBe(true);
  });
});

describe('behaviour 29: the life of an account in thin events', () => {
  test('made, changed and closed; what a snapshot endpoint asks for with a star has no event of version 2', async () => {
    const webhooks = await listen();
    await platform.webhookEndpoints.create({ url: `${webhooks.url}/star`, enabled_events: ['*'], connect: true });
    const made = await platform.v2.core.eventDestinations.create({
      name: 'Accounts',
      type: 'webhook_endpoint',
      event_payload: 'thin',
      events_from: ['@accounts'],
      enabled_events: ['v2.core.account.created', 'v2.core.account.updated', 'v2.core.account.closed'],
      webhook_endpoint: { url: `${webhooks.url}/thin` },
      include: ['webhook_endpoint.signing_secret'],
    });
    const account = await platform.v2.core.accounts.create(merchant);
    await webhooks.arrived(1);
    await platform.v2.core.accounts.update(account.id, { display_name: 'Another name', metadata: { a: '1' } });
    await webhooks.arrived(3);
    await platform.v2.core.accounts.close(account.id);
    const received = await webhooks.arrived(4);
    expect(received.map(({ body }) => JSON.parse(body).type).sort()).toEqual([
      'account.updated',
      'v2.core.account.closed',
      'v2.core.account.created',
      'v2.core.account.updated',
    ]);
    const closed = received.find(({ body }) => body.includes('account.closed'));
    const secret = made.webhook_endpoint?.signing_secret ?? '';
    const notification = platform.parseEventNotification(closed?.body ?? '', closed?.signature ?? '', secret);
    if (notification.type !== 'v2.core.account.closed') throw new Error(notification.type);
    expect(await notification.fetchRelatedObject()).toMatchObject({ id: account.id, closed: true });
  });

  test('a closed account is listed only when asked for, and nothing can be done in it or to it', async () => {
    const one = await platform.v2.core.accounts.create(merchant);
    const other = await platform.v2.core.accounts.create({ contact_email: 'b@example.com' });
    const refused = platform.v2.core.accounts.close(one.id, { applied_configurations: ['customer'] });
    await expect(refused).rejects.toMatchObject({ statusCode: 400 });
    expect(await platform.v2.core.accounts.close(one.id, { applied_configurations: ['merchant'] })).toMatchObject({
      closed: true,
      applied_configurations: [],
    });
    const { accounts } = platform.v2.core;
    expect((await accounts.list({ limit: 1 })).data.map(({ id }) => id)).toEqual([other.id]);
    expect((await accounts.list({ closed: true, limit: 1 })).data.map(({ id }) => id)).toEqual([one.id]);
    await expect(platform.v2.core.accounts.update(one.id, {})).rejects.toMatchObject({ statusCode: 400 });
    const charge = platform.customers.create({}, { stripeAccount: one.id });
    await expect(charge).rejects.toMatchObject({ statusCode: 403 });
  });
});
