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

  test('is made in the last place that the account has, although the answer to the first try was lost', async () => {
    const stripe = world.stripe(KEY);
    const taken = (await endpoints()).length;
    for (let count = taken; count < 15; count++)
      await stripe.webhookEndpoints.create({
        url: `https://other.example/${count}`,
        enabled_events: ['charge.failed'],
      });
    world.sandbox.faults.add({ kind: 'cut_after_commit', request: 'POST /v1/webhook_endpoints', times: 1 });
    await rotate();
    await world.advance(10 * MINUTE, MINUTE);
    expect(await deadLetters()).toEqual([]);
    expect((await endpoints()).map(({ id }) => id)).toContain(await used());
    expect(await endpoints()).toHaveLength(15);
  });

  test('is made when its dead letter is revived, whatever Stripe keeps of the tries before', async () => {
    const failing = {
      kind: 'status',
      status: 500,
      error: { type: 'api_error', message: 'Something went wrong.' },
      request: 'POST /v1/webhook_endpoints',
      times: 100,
    } as const;
    const before = await used();
    world.sandbox.faults.add(failing);
    await rotate();
    await world.advance(120 * MINUTE, 5 * MINUTE);
    expect(await deadLetters()).toMatchObject([{ kind: 'replace_webhook_endpoint' }]);
    world.sandbox.faults.clear();
    await world.request('POST', '/v1/dead_letters/revive', {});
    await world.advance(10 * MINUTE, MINUTE);
    expect(await deadLetters()).toEqual([]);
    expect(await used()).not.toBe(before);
  });

  test('leaves alone what another installation uses, which began with a copy of our database', async () => {
    const theirs = await world.stripe(KEY).webhookEndpoints.create({
      url: `https://staging.example/stripe/webhooks/${card.id}`,
      enabled_events: ['charge.failed'],
      metadata: { tollbridge_connection: String(card.id) },
    });
    await rotate();
    await world.advance(10 * MINUTE, MINUTE);
    expect((await endpoints()).map(({ id }) => id)).toEqual(expect.arrayContaining([theirs.id, await used()]));
  });
});
