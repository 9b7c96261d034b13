import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { refuseMissingPlatform } from './refuse-missing-platform.js';

describe.each(testDatabases())('connections by a platform at a start, on %s', (database) => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld({ database });
  });
  afterEach(() => world.close());

  const start = (keys: { test: string | null; live: string | null }) =>
    refuseMissingPlatform(world.context.db, { ...world.context.settings, stripePlatformKeys: keys });
  const none = { test: null, live: null };

  test('those of the sandbox have its platform, and those by key need none', async () => {
    await world.connect();
    await world.request('POST', '/v1/connections', { mode: 'managed', contact_email: 'a@b.example', code: 'own' });
    await expect(start(none)).resolves.toBeUndefined();
  });

  test('without the key of their mode the start is refused, in a sentence that says what to set', async () => {
    await world.request('POST', '/v1/connections', { mode: 'managed', contact_email: 'a@b.example' });
    await world.context.db.query({ text: "update connections set host = 'stripe'" });
    const refusal =
      '1 connection acts through your Stripe platform in test mode: set STRIPE_PLATFORM_KEY to its test key.';
    await expect(start(none)).rejects.toThrow(refusal);
    await expect(start({ ...none, live: 'sk_live_0123456789' })).rejects.toThrow(refusal);
    await expect(start({ ...none, test: 'sk_test_0123456789' })).resolves.toBeUndefined();
    await world.context.db.query({ text: "update connections set status = 'disconnected'" });
    await expect(start(none)).resolves.toBeUndefined();
  });
});
