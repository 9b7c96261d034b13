import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type RunningSandbox, runSandbox } from '../src/testing/running-sandbox.js';

// Behaviours 1-19: requests, errors, idempotency. https://docs.stripe.com/api/errors and /api/idempotent_requests

const dayMs = 24 * 60 * 60 * 1000;

let sandbox: RunningSandbox;
let stripe: Stripe;
const clock = { nowMs: Date.parse('2026-03-01T00:00:00Z') };
const key = 'sk_test_behaviours';

beforeAll(async () => {
  sandbox = await runSandbox({ now: () => clock.nowMs });
  stripe = sandbox.stripe(key);
});

afterEach(() => {
  sandbox.server.sandbox.faults.clear();
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

const customersCount = async (): Promise<number> => (await stripe.customers.list({ limit: 100 })).data.length;

describe('idempotency', () => {
  test('behaviour 1: a key gives its first answer again and makes nothing twice', async () => {
    const first = await stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'b1' });
    const before = await customersCount();
    const second = await stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'b1' });
    expect(second.id).toBe(first.id);
    expect(await customersCount()).toBe(before);
    expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
    expect(second.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(second.lastResponse.headers['original-request']).toBe(first.lastResponse.requestId);
  });

  test('behaviour 1: a 500 is given again too', async () => {
    sandbox.server.sandbox.faults.add({ kind: 'status', status: 500, request: 'POST /v1/customers', times: 1 });
    const attempt = () => refusal(stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'b1-500' }));
    expect((await attempt()).statusCode).toBe(500);
    const again = await attempt();
    expect(again.statusCode).toBe(500);
    expect(again.headers?.['idempotent-replayed']).toBe('true');
  });

  test('behaviour 1: a key of 24 hours ago is a new request, one a second younger is not, and 255 characters are the most', async () => {
    const first = await stripe.customers.create({}, { idempotencyKey: 'b1-day' });
    clock.nowMs += dayMs - 1000;
    expect((await stripe.customers.create({}, { idempotencyKey: 'b1-day' })).id).toBe(first.id);
    clock.nowMs += 1000;
    expect((await stripe.customers.create({}, { idempotencyKey: 'b1-day' })).id).not.toBe(first.id);
    await stripe.customers.create({}, { idempotencyKey: 'k'.repeat(255) });
    expect((await refusal(stripe.customers.create({}, { idempotencyKey: 'k'.repeat(256) }))).statusCode).toBe(400);
  });

  test('behaviour 2: a key with other parameters or for another endpoint is refused and nothing is done', async () => {
    const customer = await stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'b2' });
    const before = await customersCount();
    const otherParams = await refusal(stripe.customers.create({ name: 'Bob' }, { idempotencyKey: 'b2' }));
    expect([otherParams.statusCode, otherParams.rawType]).toEqual([400, 'idempotency_error']);
    const otherEndpoint = await refusal(
      stripe.customers.update(customer.id, { name: 'Ada' }, { idempotencyKey: 'b2' }),
    );
    expect(otherEndpoint.rawType).toBe('idempotency_error');
    expect(await customersCount()).toBe(before);
  });

  test('behaviour 3: while the first request with a key is on its way the second gets 409, which is not kept', async () => {
    sandbox.server.sandbox.faults.add({ kind: 'delay', delayMs: 200, request: 'POST /v1/customers', times: 1 });
    const create = () => stripe.customers.create({ name: 'Slow' }, { idempotencyKey: 'b3' });
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

  test('behaviour 3: the SDK by itself tries again and gets the answer of the first', async () => {
    const real = await runSandbox();
    const retrying = real.stripe('sk_test_conflict', { maxNetworkRetries: 2 });
    real.server.sandbox.faults.add({ kind: 'delay', delayMs: 100, request: 'POST /v1/customers', times: 1 });
    const create = () => retrying.customers.create({ name: 'Slow' }, { idempotencyKey: 'b3-retry' });
    const [first, second] = await Promise.all([create(), create()]);
    expect(second.id).toBe(first.id);
    const statuses = [...real.server.sandbox.core.accounts.values()].flatMap((one) =>
      one.requests.map(({ status }) => status),
    );
    expect(statuses).toEqual([200, 409, 200]);
    await real.close();
  });

  test('behaviour 4: 401, 429 and refused parameters are not kept: the same key may succeed later', async () => {
    const options = { idempotencyKey: 'b4' };
    expect((await refusal(sandbox.stripe('sk_test_reserved_x').customers.create({}, options))).statusCode).toBe(401);
    sandbox.server.sandbox.faults.add({ kind: 'rate_limit', times: 1 });
    expect((await refusal(stripe.customers.create({}, options))).statusCode).toBe(429);
    expect((await refusal(stripe.customers.create({ nonsense: 1 } as object, options))).statusCode).toBe(400);
    expect((await stripe.customers.create({}, options)).object).toBe('customer');
  });

  test('behaviour 5: a decline is kept: the same key gives the old decline for ever', async () => {
    const error = { code: 'card_declined', decline_code: 'generic_decline', message: 'Your card was declined.' };
    sandbox.server.sandbox.faults.add({ kind: 'status', status: 402, error, times: 1, request: 'POST /v1/customers' });
    const attempt = () => stripe.customers.create({}, { idempotencyKey: 'b5' });
    expect((await refusal(attempt())).statusCode).toBe(402);
    const again = await refusal(attempt());
    expect([again.statusCode, again.code, again.decline_code]).toEqual([402, 'card_declined', 'generic_decline']);
    expect((await stripe.customers.create({}, { idempotencyKey: 'b5-new' })).object).toBe('customer');
  });

  test('behaviour 5: a card that is good again is still declined under the old key, and no bank is asked', async () => {
    const { id } = await stripe.paymentIntents.create({ amount: 900, currency: 'usd' });
    const { id: bad } = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_chargeDeclined' } });
    const confirm = (method: string, idempotencyKey: string) =>
      stripe.paymentIntents.confirm(id, { payment_method: method, off_session: true }, { idempotencyKey });
    const first = await refusal(confirm(bad, 'b5-pay'));
    const again = await refusal(confirm(bad, 'b5-pay'));
    expect(again.statusCode).toBe(402);
    expect(again.requestId).not.toBe(first.requestId);
    expect([again.code, again.headers?.['idempotent-replayed'], again.headers?.['original-request']]).toEqual([
      'card_declined',
      'true',
      first.requestId,
    ]);
    expect((await stripe.charges.list({ payment_intent: id })).data).toHaveLength(1);
    expect((await refusal(confirm('pm_card_visa', 'b5-pay'))).rawType).toBe('idempotency_error');
    expect((await confirm('pm_card_visa', 'b5-pay-again')).status).toBe('succeeded');
    expect((await stripe.charges.list({ payment_intent: id })).data).toHaveLength(2);
  });
});

const accountId = async (): Promise<string> => (await stripe.accounts.retrieveCurrent()).id;

describe('headers and limits', () => {
  test('behaviour 7: answers to POST carry the request id, version, key, original request and whether to retry', async () => {
    const { lastResponse } = await stripe.customers.create({}, { idempotencyKey: 'b7' });
    expect(lastResponse.headers).toMatchObject({
      'request-id': expect.stringMatching(/^req_/),
      'stripe-version': '2026-10-28.endive',
      'idempotency-key': 'b7',
      'original-request': lastResponse.requestId,
      'stripe-should-retry': 'false',
    });
  });

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

  test('behaviour 9: an object somebody else is writing answers 429 lock_timeout, and the same key succeeds afterwards', async () => {
    const customer = await stripe.customers.create({});
    sandbox.server.sandbox.faults.add({ kind: 'delay', delayMs: 200, request: 'POST /v1/customers/*', times: 1 });
    const first = stripe.customers.update(customer.id, { name: 'One' });
    while (sandbox.server.sandbox.core.accounts.get(await accountId())?.inFlight.size === 0) await Promise.resolve();
    const second = () => stripe.customers.update(customer.id, { name: 'Two' }, { idempotencyKey: 'b9' });
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

describe('errors', () => {
  test('behaviour 10: malformed, reserved, revoked, live and missing keys get 401 without a code but for a revoked one', async () => {
    await sandbox.control('POST', 'keys', { key: 'sk_test_gone', revoked: true });
    for (const wrong of [
      'nonsense',
      'sk_test_',
      'sk_test_!!',
      'sk_test_reserved_1',
      'sk_test_revoked_1',
      'sk_live_4242424242',
    ]) {
      const answer = await sandbox.call('GET', '/v1/customers', { key: wrong });
      expect([wrong, answer.status, answer.body.error?.type, answer.body.error?.code]).toEqual([
        wrong,
        401,
        'invalid_request_error',
        undefined,
      ]);
      expect(answer.headers.get('www-authenticate')).toBe('Basic realm="Stripe"');
      expect(JSON.stringify(answer.body)).not.toContain('4242424242');
    }
    const gone = await sandbox.call('GET', '/v1/customers', { key: 'sk_test_gone' });
    expect([gone.status, gone.body.error?.code]).toEqual([401, 'api_key_expired']);
    expect((await sandbox.call('GET', '/v1/customers')).status).toBe(401);
    const live = await sandbox.call('GET', '/v1/customers', { key: 'sk_live_4242424242' });
    expect(live.body.error?.message).toContain('Never send a live key here');
  });

  test('behaviour 11: what is missing in the path is 404 resource_missing with param id', async () => {
    const error = await refusal(stripe.customers.retrieve('cus_nobody'));
    expect([error.statusCode, error.code, error.param, error.message]).toEqual([
      404,
      'resource_missing',
      'id',
      "No such customer: 'cus_nobody'",
    ]);
  });

  test('behaviour 13: unknown and missing parameters are named with their full path, with doc_url and request_log_url', async () => {
    const unknown = await refusal(stripe.customers.create({ invoice_settings: { nonsense: 1 } } as object));
    expect([unknown.statusCode, unknown.code, unknown.param]).toEqual([
      400,
      'parameter_unknown',
      'invoice_settings[nonsense]',
    ]);
    expect(unknown.doc_url).toBe('https://stripe.com/docs/error-codes/parameter-unknown');
    expect((unknown.raw as { request_log_url?: string }).request_log_url).toContain(unknown.requestId ?? '?');
    const missing = await refusal(
      stripe.webhookEndpoints.create({ enabled_events: ['*'] } as unknown as Stripe.WebhookEndpointCreateParams),
    );
    expect([missing.statusCode, missing.code, missing.param]).toEqual([400, 'parameter_missing', 'url']);
    const list = await refusal(
      stripe.customers.create({ tax_id_data: [{ type: 'eu_vat' }] } as unknown as Stripe.CustomerCreateParams),
    );
    expect([list.code, list.param]).toEqual(['parameter_missing', 'tax_id_data[0][value]']);
  });

  test('behaviour 13: wrong values are refused by name: enum, integer, boolean, object', async () => {
    const wrong = async (params: object): Promise<unknown[]> => {
      const { statusCode, param, message } = await refusal(stripe.customers.create(params));
      return [statusCode, param, message];
    };
    expect(await wrong({ tax_exempt: 'maybe' })).toEqual([
      400,
      'tax_exempt',
      'Invalid tax_exempt: must be one of none, exempt, or reverse',
    ]);
    expect(await wrong({ balance: 'much' })).toEqual([400, 'balance', 'Invalid integer: much']);
    expect(await wrong({ validate: 'perhaps' })).toEqual([400, 'validate', 'Invalid boolean: perhaps']);
    expect(await wrong({ address: 'here' })).toEqual([400, 'address', 'Invalid object']);
  });

  test('behaviour 13: whatever is sent is answered in the shape of an error, never with a crash', async () => {
    const wrong: [string, string, string?][] = [
      ['GET', '/v1/nothing'],
      ['GET', '//'],
      ['GET', '/v1//'],
      ['GET', '/_sandbox/nothing?%'],
      ['POST', '/_sandbox/clock', 'no json'],
      ['POST', '/_sandbox/keys', '{"key":5}'],
      ['GET', '/v1/customers/%E0%A4%A'],
      ['POST', '/v1/customers', '[[[=&]=1&a[=2&%=3'],
      ['POST', '/v1/customers', '{"json":true}'],
      ['POST', '/v1/customers', '__proto__[a]=1&constructor=2'],
      ['PATCH', '/v1/customers'],
      ['GET', '/v1/customers?created[gte]=x'],
    ];
    for (const [method, path, body] of wrong) {
      const answer = await sandbox.call(method, path, body === undefined ? { key } : { key, body });
      expect([method, path, answer.status < 500, typeof answer.body.error?.message]).toEqual([
        method,
        path,
        true,
        'string',
      ]);
      expect(answer.status).toBeGreaterThanOrEqual(400);
    }
  });

  test('an operation Stripe has and this sandbox does not says so', async () => {
    const answer = await sandbox.call('GET', '/v1/issuing/cards', { key });
    expect([answer.status, answer.body.error?.message]).toEqual([
      404,
      expect.stringContaining('this sandbox does not serve it'),
    ]);
  });
});

describe('objects', () => {
  test('behaviour 15: metadata merges, an empty value removes a key, an empty whole removes all', async () => {
    const customer = await stripe.customers.create({ metadata: { one: '1', two: 2 } });
    expect(customer.metadata).toEqual({ one: '1', two: '2' });
    expect((await stripe.customers.update(customer.id, { metadata: { one: '', three: '3' } })).metadata).toEqual({
      two: '2',
      three: '3',
    });
    expect((await stripe.customers.update(customer.id, { metadata: '' })).metadata).toEqual({});
  });

  test('behaviour 15: at most 50 keys of 40 characters without brackets and values of 500', async () => {
    const of = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, position) => [`key${position}`, 'x']));
    expect(Object.keys((await stripe.customers.create({ metadata: of(50) })).metadata)).toHaveLength(50);
    for (const metadata of [of(51), { ['k'.repeat(41)]: 'x' }, { long: 'x'.repeat(501) }]) {
      expect((await refusal(stripe.customers.create({ metadata }))).statusCode).toBe(400);
    }
  });

  test('behaviour 14: what one version made, another reads in its own shape', async () => {
    const order = { mode: 'setup', currency: 'usd', success_url: 'https://shop.example/done' } as const;
    const older = sandbox.stripe(key, { apiVersion: '2025-09-30.clover' as never });
    const made = await stripe.checkout.sessions.create({ ...order, ui_mode: 'hosted_page' });
    expect([made.ui_mode, (await older.checkout.sessions.retrieve(made.id)).ui_mode]).toEqual([
      'hosted_page',
      'hosted',
    ]);
    const before = await older.checkout.sessions.create({ ...order, ui_mode: 'hosted' as never });
    expect([before.ui_mode, (await stripe.checkout.sessions.retrieve(before.id)).ui_mode]).toEqual([
      'hosted',
      'hosted_page',
    ]);
    const types = { ...order, payment_method_types: ['card'] } as never;
    expect((await older.checkout.sessions.create(types)).payment_method_types).toEqual(['card']);
    const refused = await refusal(stripe.checkout.sessions.create(types));
    expect([refused.statusCode, refused.code]).toEqual([400, 'payment_method_types_no_longer_supported']);
  });

  test('behaviour 16: lists are newest first, exact about more, exclusive of their cursors and bounded', async () => {
    const other = sandbox.stripe('sk_test_lists');
    const ids: string[] = [];
    for (let count = 0; count < 12; count += 1) ids.unshift((await other.customers.create({ name: `${count}` })).id);
    const idsOf = (page: Stripe.ApiList<Stripe.Customer>) => [page.data.map((one) => one.id), page.has_more];
    expect(idsOf(await other.customers.list())).toEqual([ids.slice(0, 10), true]);
    expect(idsOf(await other.customers.list({ starting_after: ids[9] ?? '' }))).toEqual([ids.slice(10), false]);
    expect(idsOf(await other.customers.list({ limit: 2, starting_after: ids[9] ?? '' }))).toEqual([
      ids.slice(10),
      false,
    ]);
    expect(idsOf(await other.customers.list({ limit: 3, ending_before: ids[5] ?? '' }))).toEqual([
      ids.slice(2, 5),
      true,
    ]);
    expect((await other.customers.list().autoPagingToArray({ limit: 100 })).map((one) => one.id)).toEqual(ids);
  });

  test('behaviour 16: a limit out of bounds gets the nearest page there is', async () => {
    const other = sandbox.stripe('sk_test_limits');
    for (let count = 0; count < 101; count += 1) await other.customers.create({});
    const count = async (limit: number) => (await other.customers.list({ limit })).data.length;
    expect([await count(0), await count(-1), await count(100), await count(101)]).toEqual([1, 1, 100, 100]);
  });

  test('behaviour 16: a cursor nobody knows is an error, not an empty page, and so are two cursors', async () => {
    const foreign = await sandbox.stripe('sk_test_foreign').customers.create({});
    for (const id of ['cus_nobody', foreign.id]) {
      const error = await refusal(stripe.customers.list({ starting_after: id }));
      expect([error.statusCode, error.code, error.param]).toEqual([400, 'resource_missing', 'starting_after']);
    }
    const { id } = await stripe.customers.create({});
    expect((await refusal(stripe.customers.list({ starting_after: id, ending_before: id }))).statusCode).toBe(400);
  });

  test('behaviour 16: lists take ranges of time', async () => {
    const other = sandbox.stripe('sk_test_ranges');
    const created: number[] = [];
    for (let count = 0; count < 3; count += 1) {
      created.push((await other.customers.create({})).created);
      clock.nowMs += 1000;
    }
    const [first = 0, second = 0, third = 0] = created;
    const count = async (range: Stripe.RangeQueryParam) => (await other.customers.list({ created: range })).data.length;
    expect([
      await count({ gt: first }),
      await count({ gte: first }),
      await count({ lt: third }),
      await count({ lte: second }),
    ]).toEqual([2, 3, 2, 2]);
  });

  test('behaviour 16: a deleted customer is still answered, as deleted, and is gone from lists', async () => {
    const customer = await stripe.customers.create({ email: 'gone@example.com' });
    await stripe.customers.del(customer.id);
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({
      id: customer.id,
      object: 'customer',
      deleted: true,
    });
    expect((await stripe.customers.list({ email: 'gone@example.com' })).data).toEqual([]);
    expect((await refusal(stripe.customers.update(customer.id, { name: 'x' }))).statusCode).toBe(404);
  });

  test('behaviour 18: what cannot be expanded and more than four levels are 400 and change nothing', async () => {
    const before = await customersCount();
    for (const [path, code] of [
      ['email', undefined],
      ['nonsense', undefined],
      ['test_clock.a.b.c.d', 'property_expansion_max_depth'],
    ]) {
      const error = await refusal(stripe.customers.create({ expand: [path ?? ''] }, { idempotencyKey: `b18-${path}` }));
      expect([path, error.statusCode, error.code, error.param]).toEqual([path, 400, code, undefined]);
      expect(error.message).toContain(path);
    }
    expect(await customersCount()).toBe(before);
    expect((await stripe.customers.create({}, { idempotencyKey: 'b18-email' })).object).toBe('customer');
  });

  test('behaviour 18: the data of a list is one of the four levels, and leaving it out is said', async () => {
    const intents = stripe.paymentIntents;
    const tooDeep = await refusal(intents.list({ expand: ['data.latest_charge.balance_transaction.source.customer'] }));
    expect(tooDeep.code).toBe('property_expansion_max_depth');
    expect((await intents.list({ expand: ['data.latest_charge.balance_transaction.source'] })).object).toBe('list');
    const unsaid = await refusal(stripe.customers.list({ expand: ['test_clock'] }));
    expect([unsaid.statusCode, unsaid.message]).toEqual([400, expect.stringContaining("'data.test_clock' instead")]);
    expect((await stripe.customers.list({ limit: 1, expand: ['data.test_clock'] })).data).toHaveLength(1);
  });

  test('behaviour 19: test and live objects and those of other accounts are not found', async () => {
    const live = sandbox.stripe('sk_live_sandbox_behaviours');
    const made = await live.customers.create({});
    expect(made.livemode).toBe(true);
    expect((await refusal(stripe.customers.retrieve(made.id))).code).toBe('resource_missing');
    const customer = await stripe.customers.create({});
    const other = sandbox.stripe('sk_test_other');
    expect((await refusal(other.customers.retrieve(customer.id))).code).toBe('resource_missing');
    const error = await refusal(other.customers.retrieve(customer.id, {}, { stripeAccount: await accountId() }));
    expect([error.statusCode, error.code]).toEqual([403, 'account_invalid']);
  });
});
