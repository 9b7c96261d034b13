import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type RunningSandbox, runSandbox } from '../src/testing/running-sandbox.js';
import { unique } from '../src/testing/unique.js';

// Behaviours 1-9: idempotency, headers and limits. https://docs.stripe.com/api/idempotent_requests and /rate-limits

const dayMs = 24 * 60 * 60 * 1000;

let sandbox: RunningSandbox;
let stripe: Stripe;
const run = unique('run');
const named = (name: string): string => `${name}-${run}`;
const clock = { nowMs: Date.parse('2026-03-01T00:00:00Z') };
const key = 'sk_test_idempotency';

beforeAll(async () => {
  sandbox = await runSandbox({ now: () => clock.nowMs });
  stripe = sandbox.stripe(key);
});

afterEach(() => {
  sandbox.clearFaults();
  expect(sandbox.contractMisfits()).toEqual([]);
});

afterAll(() => sandbox.close());

const refusal = async (attempt: Promise<unknown>): Promise<Stripe.errors.StripeError> => {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Stripe.errors.StripeError) return error;
  throw new Error(`Expected a refusal, got ${String(error)}`);
};

/** Whether a customer was made is seen by which is the newest, however many an account has. */
const newestCustomer = async (): Promise<string | undefined> => (await stripe.customers.list({ limit: 1 })).data[0]?.id;

const accountId = async (): Promise<string> => (await stripe.accounts.retrieveCurrent()).id;

describe('idempotency', () => {
  // Checked, 1: the mark of a replay is documented: https://docs.stripe.com/error-low-level#sending-idempotency-keys;
  // seen: https://github.com/stripe/stripe-ruby/issues/905.
  test('behaviour 1: a key gives its first answer again and makes nothing twice', async () => {
    const first = await stripe.customers.create({ name: 'Ada' }, { idempotencyKey: named('b1') });
    const before = await newestCustomer();
    const second = await stripe.customers.create({ name: 'Ada' }, { idempotencyKey: named('b1') });
    expect(second.id).toBe(first.id);
    expect(await newestCustomer()).toBe(before);
    expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
    expect(second.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(second.lastResponse.headers['original-request']).toBe(first.lastResponse.requestId);
  });

  test('behaviour 1: a 500 is given again too', async () => {
    sandbox.server.sandbox.faults.add({ kind: 'status', status: 500, request: 'POST /v1/customers', times: 1 });
    const attempt = () => refusal(stripe.customers.create({ name: 'Ada' }, { idempotencyKey: named('b1-500') }));
    expect((await attempt()).statusCode).toBe(500);
    const again = await attempt();
    expect(again.statusCode).toBe(500);
    expect(again.headers?.['idempotent-replayed']).toBe('true');
  });

  test('behaviour 1: a key of 24 hours ago is a new request, one a second younger is not, and 255 characters are the most', async () => {
    sandbox.steers('lets a day pass');
    const first = await stripe.customers.create({}, { idempotencyKey: named('b1-day') });
    clock.nowMs += dayMs - 1000;
    expect((await stripe.customers.create({}, { idempotencyKey: named('b1-day') })).id).toBe(first.id);
    clock.nowMs += 1000;
    expect((await stripe.customers.create({}, { idempotencyKey: named('b1-day') })).id).not.toBe(first.id);
    await stripe.customers.create({}, { idempotencyKey: named('k').padEnd(255, 'k') });
    expect(
      (await refusal(stripe.customers.create({}, { idempotencyKey: named('k').padEnd(256, 'k') }))).statusCode,
    ).toBe(400);
  });

  test('behaviour 1: keys of the day before are forgotten as new ones come, also when some are used again or are of v2', async () => {
    const own = await runSandbox({ now: () => clock.nowMs });
    const client = own.stripe('sk_test_forgetting');
    await client.v2.core.eventDestinations.create(
      {
        name: 'Kept for thirty days',
        type: 'webhook_endpoint',
        event_payload: 'thin',
        enabled_events: ['v1.payment_intent.succeeded'],
        webhook_endpoint: { url: 'http://127.0.0.1:9/' },
      },
      { idempotencyKey: 'v2' },
    );
    const useKeys = async (name: string, from: number, to: number): Promise<void> => {
      for (let count = from; count < to; count += 1) {
        await client.customers.create({}, { idempotencyKey: `${name} ${count}` });
      }
    };
    await useKeys('first', 0, 20);
    clock.nowMs += dayMs;
    await useKeys('first', 0, 5);
    await useKeys('second', 0, 20);
    const { store } = [...own.server.sandbox.core.accounts.values()][0] ?? { store: undefined };
    expect(store?.count('_idempotency')).toBe(25);
    expect(store?.count('_idempotency_v2')).toBe(1);
    await own.close();
  });

  test('behaviour 2: a key with other parameters or for another endpoint is refused and nothing is done', async () => {
    const customer = await stripe.customers.create({ name: 'Ada' }, { idempotencyKey: named('b2') });
    const before = await newestCustomer();
    const otherParams = await refusal(stripe.customers.create({ name: 'Bob' }, { idempotencyKey: named('b2') }));
    expect([otherParams.statusCode, otherParams.rawType]).toEqual([400, 'idempotency_error']);
    const otherEndpoint = await refusal(
      stripe.customers.update(customer.id, { name: 'Ada' }, { idempotencyKey: named('b2') }),
    );
    expect(otherEndpoint.rawType).toBe('idempotency_error');
    expect(await newestCustomer()).toBe(before);
  });

  // Checked, 3: 409 and its code are documented: https://docs.stripe.com/error-codes; the type was seen:
  // https://github.com/beam-community/stripity-stripe/issues/564.
  test('behaviour 3: while the first request with a key is on its way the second gets 409, which is not kept', async () => {
    sandbox.server.sandbox.faults.add({ kind: 'delay', delayMs: 200, request: 'POST /v1/customers', times: 1 });
    const create = () => stripe.customers.create({ name: 'Slow' }, { idempotencyKey: named('b3') });
    const first = create();
    while (sandbox.server.sandbox.core.accounts.get(await accountId())?.inFlight.size === 0) await Promise.resolve();
    const conflict = await refusal(create());
    expect([conflict.statusCode, conflict.rawType, conflict.code, conflict.headers?.['stripe-should-retry']]).toEqual([
      409,
      'invalid_request_error',
      'idempotency_key_in_use',
      'true',
    ]);
    const made = await first;
    clock.nowMs += 1000;
    expect((await create()).id).toBe(made.id);
  });

  test('behaviour 3: of an update too: its key is in use, before its object is locked to others', async () => {
    const { id } = await stripe.customers.create({});
    sandbox.server.sandbox.faults.add({ kind: 'delay', delayMs: 200, request: 'POST /v1/customers/*', times: 1 });
    const update = () => stripe.customers.update(id, { name: 'Slow' }, { idempotencyKey: named('b3-update') });
    const first = update();
    while (sandbox.server.sandbox.core.accounts.get(await accountId())?.inFlight.size === 0) await Promise.resolve();
    expect((await refusal(update())).code).toBe('idempotency_key_in_use');
    expect((await refusal(stripe.customers.update(id, { name: 'Other' }))).code).toBe('lock_timeout');
    await first;
    clock.nowMs += 1000;
    expect((await update()).name).toBe('Slow');
  });

  test('behaviour 3: the SDK by itself tries again and gets the answer of the first', async () => {
    const real = await runSandbox();
    const retrying = real.stripe('sk_test_conflict', { maxNetworkRetries: 2 });
    real.server.sandbox.faults.add({ kind: 'delay', delayMs: 100, request: 'POST /v1/customers', times: 1 });
    const create = () => retrying.customers.create({ name: 'Slow' }, { idempotencyKey: named('b3-retry') });
    const [first, second] = await Promise.all([create(), create()]);
    expect(second.id).toBe(first.id);
    const statuses = [...real.server.sandbox.core.accounts.values()].flatMap((one) =>
      [...one.requests].map(({ status }) => status),
    );
    expect(statuses).toEqual([200, 409, 200]);
    await real.close();
  });

  test('behaviour 4: 401 and refused parameters are not kept: the same key may succeed later', async () => {
    const options = { idempotencyKey: named('b4') };
    expect((await refusal(sandbox.stripe('sk_test_reserved_x').customers.create({}, options))).statusCode).toBe(401);
    expect((await refusal(stripe.customers.create({ nonsense: 1 } as object, options))).statusCode).toBe(400);
    expect((await stripe.customers.create({}, options)).object).toBe('customer');
  });

  test('behaviour 4: neither is 429', async () => {
    const options = { idempotencyKey: named('b4-429') };
    sandbox.server.sandbox.faults.add({ kind: 'rate_limit', times: 1 });
    expect((await refusal(stripe.customers.create({}, options))).statusCode).toBe(429);
    expect((await stripe.customers.create({}, options)).object).toBe('customer');
  });

  test('behaviour 5: a decline is kept: the same key gives the old decline for ever', async () => {
    const error = { code: 'card_declined', decline_code: 'generic_decline', message: 'Your card was declined.' };
    sandbox.server.sandbox.faults.add({ kind: 'status', status: 402, error, times: 1, request: 'POST /v1/customers' });
    const attempt = () => stripe.customers.create({}, { idempotencyKey: named('b5') });
    expect((await refusal(attempt())).statusCode).toBe(402);
    const again = await refusal(attempt());
    expect([again.statusCode, again.code, again.decline_code]).toEqual([402, 'card_declined', 'generic_decline']);
    expect((await stripe.customers.create({}, { idempotencyKey: named('b5-new') })).object).toBe('customer');
  });

  test('behaviour 5: a card that is good again is still declined under the old key, and no bank is asked', async () => {
    const { id } = await stripe.paymentIntents.create({ amount: 900, currency: 'usd' });
    const { id: bad } = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_chargeDeclined' } });
    const confirm = (method: string, idempotencyKey: string) =>
      stripe.paymentIntents.confirm(id, { payment_method: method, off_session: true }, { idempotencyKey });
    const first = await refusal(confirm(bad, named('b5-pay')));
    const again = await refusal(confirm(bad, named('b5-pay')));
    expect(again.statusCode).toBe(402);
    expect(again.requestId).not.toBe(first.requestId);
    expect([again.code, again.headers?.['idempotent-replayed'], again.headers?.['original-request']]).toEqual([
      'card_declined',
      'true',
      first.requestId,
    ]);
    expect((await stripe.charges.list({ payment_intent: id })).data).toHaveLength(1);
    expect((await refusal(confirm('pm_card_visa', named('b5-pay')))).rawType).toBe('idempotency_error');
    expect((await confirm('pm_card_visa', named('b5-pay-again'))).status).toBe('succeeded');
    expect((await stripe.charges.list({ payment_intent: id })).data).toHaveLength(2);
  });
});

describe('headers and limits', () => {
  test('behaviour 7: answers to POST carry the request id, version, key, original request and whether to retry', async () => {
    const { lastResponse } = await stripe.customers.create({}, { idempotencyKey: named('b7') });
    expect(lastResponse.headers).toMatchObject({
      'request-id': expect.stringMatching(/^req_/),
      'stripe-version': '2026-10-28.endive',
      'idempotency-key': named('b7'),
      'original-request': lastResponse.requestId,
      'stripe-should-retry': 'false',
    });
  });

  // Checked, 8: the header and its reasons are documented: https://docs.stripe.com/rate-limits.
  test('behaviour 8: a rate limit answers 429 with its reason, and that it is not to be retried at once', async () => {
    sandbox.server.sandbox.faults.add({ kind: 'rate_limit', times: 1 });
    const error = await refusal(stripe.customers.create({}));
    expect([error.statusCode, error.code, error.headers?.['stripe-rate-limited-reason']]).toEqual([
      429,
      'rate_limit',
      'global-rate',
    ]);
    expect(error.headers?.['stripe-should-retry']).toBe('false');
  });

  test.each([
    ['live', 'sk_live_sandbox_limits', 100],
    ['test', 'sk_test_limits8', 25],
  ])('behaviour 8: switched on, %s accounts may ask so often in a second, in all', async (_mode, limitedKey, most) => {
    await sandbox.control('POST', 'rate_limits', { key: limitedKey, enforced: true });
    const limited = sandbox.stripe(limitedKey);
    clock.nowMs += 1000 - (clock.nowMs % 1000);
    const paths = ['customers', 'charges', 'refunds', 'products', 'prices'] as const;
    for (let count = 0; count < most; count += 1) await limited[paths[count % paths.length] ?? 'customers'].list();
    const error = await refusal(limited.events.list());
    expect([error.statusCode, error.code, error.headers?.['stripe-rate-limited-reason']]).toEqual([
      429,
      'rate_limit',
      'global-rate',
    ]);
    clock.nowMs += 1000;
    expect((await limited.events.list()).data).toEqual([]);
  });

  test('behaviour 8: one operation may be asked for 25 times a second, search 20 times, and an intent changed 1000 times an hour', async () => {
    const limitedKey = 'sk_live_sandbox_endpoint';
    const limited = sandbox.stripe(limitedKey);
    const reasonAfter = async (most: number, ask: () => Promise<unknown>): Promise<string | undefined> => {
      for (let count = 0; count < most; count += 1) await ask();
      return (await refusal(ask())).headers?.['stripe-rate-limited-reason'];
    };
    const { id } = await limited.paymentIntents.create({ amount: 500, currency: 'usd' });
    await sandbox.control('POST', 'rate_limits', { key: limitedKey, enforced: true });
    clock.nowMs += 1000;
    expect(await reasonAfter(25, () => limited.customers.list())).toBe('endpoint-rate');
    clock.nowMs += 1000;
    expect(await reasonAfter(20, () => limited.customers.search({ query: 'created>1' }))).toBe('resource-specific');
    const update = () => {
      clock.nowMs += 100;
      return limited.paymentIntents.update(id, { description: 'x' });
    };
    clock.nowMs += 3_600_000 - (clock.nowMs % 3_600_000);
    expect(await reasonAfter(1000, update)).toBe('resource-specific');
    await sandbox.control('POST', 'rate_limits', { key: limitedKey, enforced: false });
    expect((await update()).id).toBe(id);
  });

  // Checked, 9: documented: https://docs.stripe.com/rate-limits#object-lock-timeouts.
  test('behaviour 9: an object somebody else is writing answers 429 lock_timeout, and the same key succeeds afterwards', async () => {
    const customer = await stripe.customers.create({});
    sandbox.server.sandbox.faults.add({ kind: 'delay', delayMs: 200, request: 'POST /v1/customers/*', times: 1 });
    const first = stripe.customers.update(customer.id, { name: 'One' });
    while (sandbox.server.sandbox.core.accounts.get(await accountId())?.inFlight.size === 0) await Promise.resolve();
    const second = () => stripe.customers.update(customer.id, { name: 'Two' }, { idempotencyKey: named('b9') });
    const locked = await refusal(second());
    expect([locked.statusCode, locked.code, locked.headers?.['stripe-should-retry']]).toEqual([
      429,
      'lock_timeout',
      'true',
    ]);
    await first;
    clock.nowMs += 1000;
    expect((await second()).name).toBe('Two');
  });

  test('behaviour 9: it can be asked for, and the SDK retries it by itself', async () => {
    const customer = await stripe.customers.create({});
    sandbox.server.sandbox.faults.add({ kind: 'lock_timeout', request: 'POST /v1/customers/*', times: 1 });
    const retrying = sandbox.stripe(key, { maxNetworkRetries: 1 });
    expect((await retrying.customers.update(customer.id, { name: 'Three' })).name).toBe('Three');
  });
});
