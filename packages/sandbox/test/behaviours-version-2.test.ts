import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningSandbox, runSandbox } from '../src/testing/running-sandbox.js';
import { unique } from '../src/testing/unique.js';

// Behaviour 6: idempotency of version 2. https://docs.stripe.com/api-v2-overview and /error-low-level

const dayMs = 24 * 60 * 60 * 1000;
/** As many as an account may have: https://docs.stripe.com/webhooks */
const destinationsMax = 16;

let sandbox: RunningSandbox;
let stripe: Stripe;
const clock = { nowMs: Date.parse('2026-03-01T00:00:00Z') };

beforeAll(async () => {
  sandbox = await runSandbox({ now: () => clock.nowMs });
  stripe = sandbox.stripe('sk_test_version2');
});
afterAll(() => sandbox.close());

const run = unique('run');

const destination: Stripe.V2.Core.EventDestinationCreateParams = {
  name: 'Once',
  type: 'webhook_endpoint',
  event_payload: 'thin',
  enabled_events: ['v1.customer.created'],
  webhook_endpoint: { url: 'https://shop.example/hooks' },
};

const create = (name: string) =>
  stripe.v2.core.eventDestinations.create(destination, { idempotencyKey: `${name} ${run}` });

const count = async (): Promise<number> =>
  (await stripe.v2.core.eventDestinations.list({ limit: 100 }).autoPagingToArray({ limit: 100 })).length;

describe('behaviour 6: a key of version 2', () => {
  test('gives a success again and makes nothing twice, marked as a replay', async () => {
    const before = await count();
    const made = await create('success');
    const again = await create('success');
    expect([again.id, again.lastResponse.headers['idempotent-replayed']]).toEqual([made.id, 'true']);
    expect(again.lastResponse.headers['original-request']).toBe(made.lastResponse.requestId);
    expect(await count()).toBe(before + 1);
  });

  test('runs again what was refused, and succeeds once what stood in the way is gone', async () => {
    const others: string[] = [];
    while ((await count()) < destinationsMax) others.push((await create(`filling ${others.length}`)).id);
    await expect(create('at the limit')).rejects.toMatchObject({ statusCode: 400 });
    await expect(create('at the limit')).rejects.toMatchObject({ statusCode: 400 });
    await stripe.v2.core.eventDestinations.del(others[0] ?? '');
    const made = await create('at the limit');
    expect(made.lastResponse.headers['idempotent-replayed']).toBeUndefined();
    expect((await create('at the limit')).id).toBe(made.id);
    for (const id of [...others.slice(1), made.id]) await stripe.v2.core.eventDestinations.del(id);
  });

  test('runs again what a failure of Stripe stopped, where version 1 would give the failure again', async () => {
    const request = 'POST /v2/core/event_destinations';
    await sandbox.control('POST', 'faults', { kind: 'status', status: 500, request, times: 1 });
    await expect(create('failure')).rejects.toMatchObject({ statusCode: 500 });
    expect((await create('failure')).lastResponse.headers['idempotent-replayed']).toBeUndefined();
  });

  test('with other parameters is refused, and nothing is done', async () => {
    await create('other');
    const before = await count();
    const other = stripe.v2.core.eventDestinations.create(
      { ...destination, name: 'x' },
      { idempotencyKey: `other ${run}` },
    );
    await expect(other).rejects.toMatchObject({ statusCode: 400, rawType: 'idempotency_error' });
    expect(await count()).toBe(before);
  });

  test('counts for deletions too', async () => {
    const { id } = await create('to be deleted');
    const remove = () => stripe.v2.core.eventDestinations.del(id, {}, { idempotencyKey: `deletion ${run}` });
    expect((await remove()).id).toBe(id);
    expect((await remove()).id).toBe(id);
    await expect(stripe.v2.core.eventDestinations.del(id)).rejects.toMatchObject({ statusCode: 404 });
  });

  test('is kept for 30 days and a moment later is a new request', async () => {
    sandbox.steers('lets a month pass');
    const made = await create('month');
    clock.nowMs += 30 * dayMs - 1;
    expect((await create('month')).id).toBe(made.id);
    clock.nowMs += 1;
    expect((await create('month')).id).not.toBe(made.id);
  });
});
