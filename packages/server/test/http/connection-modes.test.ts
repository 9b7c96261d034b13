import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keyOfEnvironment } from '../connection-story.js';

describe.each(testDatabases())('GET /v1/connection_modes on %s', (database) => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld({ database });
  });
  afterEach(() => world.close());

  const modes = async (options: object = {}): Promise<Body[]> =>
    (await world.request('GET', '/v1/connection_modes', undefined, options)).body.data;

  test('200: the three ways side by side, each with what it needs, what it cannot do, and what is missing for it at Stripe', async () => {
    expect(await modes()).toMatchObject([
      { mode: 'managed', livemode: false, default_host: 'sandbox', missing_setting: 'STRIPE_PLATFORM_KEY' },
      { mode: 'key', livemode: false, default_host: null, missing_setting: null },
      { mode: 'oauth', livemode: false, default_host: 'sandbox', missing_setting: 'STRIPE_PLATFORM_KEY' },
    ]);
    const key = await keyOfEnvironment(world, 'production');
    expect((await modes({ key })).map(({ livemode }) => livemode)).toEqual([true, true, true]);
  });

  test('200: what is set is not missing any more, in its own mode alone', async () => {
    Object.assign(world.context.settings, { stripePlatformKeys: { test: 'sk_test_0123456789', live: null } });
    expect(await modes()).toMatchObject([
      { mode: 'managed', default_host: 'stripe', missing_setting: null },
      { mode: 'key' },
      { mode: 'oauth', default_host: 'stripe', missing_setting: 'STRIPE_OAUTH_TEST_CLIENT_ID' },
    ]);
    const key = await keyOfEnvironment(world, 'production');
    expect((await modes({ key }))[0]).toMatchObject({ default_host: 'stripe', missing_setting: 'STRIPE_PLATFORM_KEY' });
  });

  test('401 without a key', async () => {
    expect((await world.request('GET', '/v1/connection_modes', undefined, { key: null })).status).toBe(401);
  });
});
