import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, describe, expect, test } from 'vitest';
import { control, restrictedKey } from '../connection-story.js';

const KEY = 'sk_test_sandbox_world';
const DAY = 86_400_000;

describe.each(testDatabases())('a key is revoked in Stripe, on %s', (database) => {
  let world: World;
  afterEach(() => world.close());

  const connection = async () => (await world.request('GET', '/v1/connections')).body.data[0];
  const told = async () =>
    (await world.request('GET', '/v1/events?limit=100')).body.data
      .map((event: Body) => String(event.type))
      .filter((type: Body) => type.startsWith('connection.'))
      .reverse();

  test('LAGO-18: given a revoked key, when Stripe is asked for events, then the loss is noticed, told once and audited', async () => {
    world = await createWorld({ database });
    await world.connect(KEY);
    control(world, 'keys', { key: KEY, revoked: true });
    await world.advance(15_000, 5_000);
    const lost = await connection();
    expect(lost).toMatchObject({
      status: 'disconnected',
      status_word: 'Disconnected',
      reason: 'key_refused',
      may_collect: { allowed: false, reason: 'connection_disconnected' },
    });
    expect(lost?.next_action).toContain('Make a new key of the same account');
    await world.advance(60_000, 10_000);
    expect(await told()).toEqual(['connection.connected', 'connection.lost']);
    const audit = (await world.request('GET', `/v1/audit_entries?object_id=${String(lost?.id)}`)).body.data;
    expect(audit[0]).toMatchObject({
      action: 'connection.status_changed',
      before: { status: 'connected' },
      after: { status: 'disconnected' },
    });
  });

  test('given nobody asks Stripe for anything, then the daily check notices it', async () => {
    world = await createWorld({ database });
    await world.connect(KEY, { poll_interval_seconds: 3600 });
    control(world, 'keys', { key: KEY, revoked: true });
    await world.advance(DAY);
    expect(await connection()).toMatchObject({ status: 'disconnected', reason: 'key_refused' });
  });

  test('when a new key of the same account comes, then it is connected again and what Stripe said meanwhile is applied once', async () => {
    world = await createWorld({ database });
    const card = await world.connect(KEY);
    control(world, 'keys', { key: KEY, revoked: true });
    await world.advance(15_000, 5_000);
    world.pushReaches = false;
    const other = restrictedKey(world, 'sandbox_world');
    const customer = await world.stripe(other).customers.create({ name: 'Ada' });
    await world.stripe(other).customers.update(customer.id, { name: 'Ada Lovelace' });
    await world.advance(600_000);
    expect((await world.request('GET', '/v1/stripe_events?type=customer.updated')).body.data).toEqual([]);
    const refused = await world.request('POST', `/v1/connections/${String(card.id)}/rotate_key`, {
      secret_key: 'sk_test_sandbox_somebody_else',
    });
    expect(refused.body.error.code).toBe('connection_account_differs');
    expect((await connection())?.status).toBe('disconnected');
    const back = await world.request('POST', `/v1/connections/${String(card.id)}/rotate_key`, { secret_key: other });
    expect(back).toMatchObject({
      status: 200,
      body: { status: 'connected', secret_key_hint: 'rk_test_sandbox_…orld' },
    });
    await world.advance(5_000);
    const events = (await world.request('GET', '/v1/stripe_events?type=customer.updated')).body.data;
    expect(events).toMatchObject([{ object_id: customer.id, received_via: 'poll' }]);
    expect(await told()).toEqual([
      'connection.connected',
      'connection.lost',
      'connection.updated',
      'connection.connected',
    ]);
  });

  test('when only the right to read events goes, then the card says which right, and nothing else stops', async () => {
    world = await createWorld({ database });
    const key = restrictedKey(world, 'sandbox_world');
    await world.connect(key);
    restrictedKey(world, 'sandbox_world', ['events_read']);
    await world.advance(15_000, 5_000);
    expect(await connection()).toMatchObject({
      status: 'error',
      reason: 'permission_missing',
      message: 'Missing: events_read.',
      may_collect: { allowed: true },
    });
  });
});
