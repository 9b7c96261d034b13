import { APPLY_ATTEMPTS_MAX } from '@tollbridge/server/connections/stripe-inbox';
import { registerStripeEventHandlers, type StripeEventHandlers } from '@tollbridge/server/stripe-event-handlers';
import { STRIPE_EVENT_HANDLERS } from '@tollbridge/server/stripe-events/index';
import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { control, keyOfEnvironment } from '../connection-story.js';

const KEY = 'sk_test_sandbox_world';
const HOUR = 3_600_000;

describe.each(testDatabases())('events of Stripe on %s', (database) => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld({ database });
    await world.connect(KEY);
  });
  afterEach(async () => {
    registerStripeEventHandlers(STRIPE_EVENT_HANDLERS);
    await world.close();
  });

  const list = async (query = '') => (await world.request('GET', `/v1/stripe_events?limit=100${query}`)).body.data;
  /** Stripe refuses to show the account, so that the event about it cannot be applied. */
  const trouble = () => control(world, 'faults', { kind: 'status', request: 'GET /v1/account' });
  const recovery = () => world.sandbox.faults.clear();

  /** A day and a half of attempts, of which only the last is made. */
  async function lastAttempt(): Promise<void> {
    await world.context.db.query({
      text: `update jobs set attempts = $1 where kind = 'apply_stripe_event'`,
      values: [APPLY_ATTEMPTS_MAX - 1],
    });
    await world.advance(HOUR);
  }

  async function accountUpdated(): Promise<void> {
    const account = (await world.request('GET', '/v1/connections')).body.data[0]?.stripe_account_id;
    const payload = JSON.stringify({
      id: 'evt_account',
      object: 'event',
      type: 'account.updated',
      created: Math.floor(world.clock.machineNow() / 1000),
      livemode: false,
      data: { object: { id: account, object: 'account' } },
    });
    await pushed(payload);
    await world.quiet();
  }

  async function pushed(payload: string): Promise<void> {
    const connection = (await world.request('GET', '/v1/connections')).body.data[0];
    const secret = 'whsec_bytheterminal';
    await world.request('PATCH', `/v1/connections/${String(connection?.id)}`, { webhook_secret: secret });
    const timestamp = Math.floor(world.clock.machineNow() / 1000);
    const signature = world.stripe(KEY).webhooks.generateTestHeaderString({ payload, secret, timestamp });
    const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
    const url = `/stripe/webhooks/${String(connection?.id)}`;
    const answer = await world.app.inject({ method: 'POST', url, headers, payload });
    expect(answer.statusCode).toBe(200);
  }

  test('EVT-4: 200: what cannot be applied waits, becomes a dead letter, and a replay applies it', async () => {
    trouble();
    await accountUpdated();
    expect((await list('&type=account.updated'))[0]).toMatchObject({ status: 'pending', attempts: 1 });
    await lastAttempt();
    const [dead] = await list('&status=dead');
    expect(dead).toMatchObject({ type: 'account.updated', attempts: APPLY_ATTEMPTS_MAX });
    expect(dead?.last_error).toContain('server_error');
    recovery();
    const replay = await world.request('POST', `/v1/stripe_events/${String(dead?.id)}/replay`);
    expect(replay).toMatchObject({ status: 200, body: { status: 'pending', attempts: 0 } });
    await world.quiet();
    expect((await list('&type=account.updated'))[0]).toMatchObject({ status: 'applied', last_error: null });
  });

  test('EVT-4: 200: a handler that fails makes a dead letter too, which a replay in bulk brings back', async () => {
    const broken: StripeEventHandlers = {
      'account.updated': { why: 'To fail.', handler: () => Promise.reject(new Error('a fault of ours')) },
    };
    registerStripeEventHandlers(broken);
    await accountUpdated();
    await lastAttempt();
    expect((await list('&status=dead'))[0]?.last_error).toContain('a fault of ours');
    registerStripeEventHandlers(STRIPE_EVENT_HANDLERS);
    const reply = await world.request('POST', '/v1/stripe_events/replay', { type: 'account.updated' });
    expect(reply).toMatchObject({ status: 200, body: { replayed: 1, has_more: false } });
    await world.quiet();
    expect((await list('&type=account.updated'))[0]?.status).toBe('applied');
  });

  test('EVT-3: 200: applying an event twice changes nothing', async () => {
    await accountUpdated();
    const card = (await world.request('GET', '/v1/connections')).body.data;
    const [row] = await list('&type=account.updated');
    await world.request('POST', `/v1/stripe_events/${String(row?.id)}/replay`);
    await world.quiet();
    expect((await world.request('GET', '/v1/connections')).body.data).toEqual(card);
    const told = (await world.request('GET', '/v1/events')).body.data.map((event: Body) => event.type);
    expect(told).toEqual(['connection.connected']);
  });

  test.each([
    ['parameter_invalid', '?status=lost'],
    ['parameter_unknown', '?colour=red'],
    ['cursor_unknown', '?starting_after=sev_none'],
  ])('400: %s', async (code, query) => {
    const reply = await world.request('GET', `/v1/stripe_events${query}`);
    expect(reply).toMatchObject({ status: 400, body: { error: { code } } });
  });

  test('400: what waits already is not replayed in bulk', async () => {
    const reply = await world.request('POST', '/v1/stripe_events/replay', { status: 'pending' });
    expect(reply).toMatchObject({ status: 400, body: { error: { code: 'parameter_invalid' } } });
  });

  test('404: no event of another environment is shown or replayed', async () => {
    await accountUpdated();
    const [row] = await list('&type=account.updated');
    const key = await keyOfEnvironment(world, 'production');
    const read = await world.request('GET', `/v1/stripe_events/${String(row?.id)}`, undefined, { key });
    const replay = await world.request('POST', `/v1/stripe_events/${String(row?.id)}/replay`, undefined, { key });
    expect([read.status, replay.status]).toEqual([404, 404]);
  });

  test('409: an event that still waits', async () => {
    trouble();
    await accountUpdated();
    const [row] = await list('&type=account.updated');
    const reply = await world.request('POST', `/v1/stripe_events/${String(row?.id)}/replay`);
    expect(reply).toMatchObject({ status: 409, body: { error: { code: 'stripe_event_pending' } } });
  });
});
