import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const KEY = 'sk_test_sandbox_world';
const MINUTE = 60_000;

describe.each(testDatabases())('our endpoint at Stripe, on %s', (database) => {
  let world: World;
  let card: Body;

  beforeEach(async () => {
    world = await createWorld({ database });
    card = await world.connect(KEY);
  });
  afterEach(() => world.close());

  const endpoints = async () => (await world.stripe(KEY).webhookEndpoints.list({ limit: 100 })).data;
  const rotate = () => world.request('POST', `/v1/connections/${card.id}/rotate_webhook_secret`, { overlap_hours: 1 });
  const used = async () => (await world.request('GET', `/v1/connections/${card.id}`)).body.webhook.stripe_endpoint_id;
  const deadLetters = async () => (await world.request('GET', '/v1/dead_letters')).body.data;

  test('is made although Stripe answered the first try with a failure, which it keeps under that key', async () => {
    const before = await used();
    world.sandbox.faults.add({
      kind: 'status',
      status: 500,
      error: { type: 'api_error', message: 'Something went wrong.' },
      request: 'POST /v1/webhook_endpoints',
      times: 1,
    });
    await rotate();
    await world.advance(10 * MINUTE, MINUTE);
    expect(await deadLetters()).toEqual([]);
    expect(await used()).not.toBe(before);
    expect((await endpoints()).map(({ id }) => id)).toEqual([await used()]);
  });

  test('stands alone also when the answer to a try was lost: what that one left is deleted', async () => {
    world.sandbox.faults.add({ kind: 'cut_after_commit', request: 'POST /v1/webhook_endpoints', times: 1 });
    await rotate();
    await world.advance(10 * MINUTE, MINUTE);
    expect((await endpoints()).map(({ id }) => id)).toEqual([await used()]);
  });
});
