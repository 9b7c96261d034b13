import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { control, restrictedKey } from '../connection-story.js';

const KEY = 'sk_test_sandbox_world';
const MINUTE = 60_000;

describe.each(testDatabases())('GET /v1/environment/notices on %s', (database) => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld({ database });
  });
  afterEach(() => world.close());

  const notices = async (key?: string) =>
    (await world.request('GET', '/v1/environment/notices', undefined, key === undefined ? {} : { key })).body;

  /** Something that we listen to happens in Stripe, and its endpoint cannot be reached. */
  async function pushIsLost(): Promise<void> {
    world.pushReaches = false;
    const customer = await world.stripe(KEY).customers.create({ name: 'Ada' });
    await world.stripe(KEY).customers.update(customer.id, { name: 'Ada Lovelace' });
    await world.advance(20 * MINUTE, MINUTE);
  }

  test('200: an environment whose connections work, or which has none, has none', async () => {
    expect(await notices()).toEqual({ object: 'list', data: [], has_more: false });
    await world.connect(KEY);
    expect((await notices()).data).toEqual([]);
  });

  test('CON-8, UPFLOW-2: 200: a key that was revoked in Stripe is told within one look, with what to do, and is gone when a key is in place', async () => {
    const { id } = await world.connect(KEY);
    control(world, 'keys', { key: KEY, revoked: true });
    await world.advance(15_000, 5_000);
    const { data } = await notices();
    expect(data).toMatchObject([
      {
        object: 'notice',
        code: 'connection_lost',
        severity: 'critical',
        connection_id: id,
        connection_code: 'stripe',
        reason: 'key_refused',
        next_action: expect.stringContaining('Make a new key of the same account'),
        since: expect.any(String),
      },
    ]);
    const secret_key = restrictedKey(world, 'sandbox_world');
    await world.request('POST', `/v1/connections/${String(id)}/rotate_key`, { secret_key });
    expect((await notices()).data).toEqual([]);
  });

  test('CON-8: 200: an endpoint that Stripe does not reach while polling finds events is told', async () => {
    await world.connect(KEY);
    await pushIsLost();
    expect((await notices()).data).toMatchObject([{ code: 'endpoint_silent', severity: 'warning' }]);
  });

  test('200: of several connections the worst comes first, and another environment is told nothing of them', async () => {
    await world.connect(KEY);
    await world.connect('sk_test_sandbox_second', { code: 'second' });
    await pushIsLost();
    control(world, 'keys', { key: 'sk_test_sandbox_second', revoked: true });
    await world.advance(15_000, 5_000);
    expect((await notices()).data).toMatchObject([
      { code: 'connection_lost', connection_code: 'second' },
      { code: 'endpoint_silent', connection_code: 'stripe' },
    ]);
    const other = (await world.request('POST', '/v1/environments', { name: 'Other' })).body.secret_key;
    expect((await notices(String(other))).data).toEqual([]);
  });
});
