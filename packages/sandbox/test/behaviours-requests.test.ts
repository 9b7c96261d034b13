import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type RunningSandbox, runSandbox } from '../src/testing/running-sandbox.js';
import { unique } from '../src/testing/unique.js';

// Behaviours 10-19: errors and objects. https://docs.stripe.com/api/errors and /api/pagination

let sandbox: RunningSandbox;
let stripe: Stripe;
const clock = { nowMs: Date.parse('2026-03-01T00:00:00Z') };
const key = 'sk_test_behaviours';

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

describe('errors', () => {
  const refusedKeys = ['nonsense', 'sk_test_', 'sk_test_!!', 'sk_test_reserved_1', 'sk_test_revoked_1'];
  test.each(refusedKeys)('behaviour 10: the key %s gets 401 without a code', async (wrong) => {
    const answer = await sandbox.call('GET', '/v1/customers', { key: wrong });
    expect([wrong, answer.status, answer.body.error?.type, answer.body.error?.code]).toEqual([
      wrong,
      401,
      'invalid_request_error',
      undefined,
    ]);
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="Stripe"');
  });

  test('behaviour 10: so does none at all', async () => {
    const answer = await sandbox.call('GET', '/v1/customers');
    expect([answer.status, answer.body.error?.type, answer.body.error?.code]).toEqual([
      401,
      'invalid_request_error',
      undefined,
    ]);
  });

  test('behaviour 10: a revoked key gets 401 with its code', async () => {
    await sandbox.control('POST', 'keys', { key: 'sk_test_gone', revoked: true });
    const gone = await sandbox.call('GET', '/v1/customers', { key: 'sk_test_gone' });
    expect([gone.status, gone.body.error?.code]).toEqual([401, 'api_key_expired']);
  });

  test('behaviour 10: a live key gets 401, is not told back, and its holder is asked never to send it', async () => {
    sandbox.steers('is about what no live key may be sent to');
    const live = await sandbox.call('GET', '/v1/customers', { key: 'sk_live_4242424242' });
    expect([live.status, live.body.error?.type, live.body.error?.code]).toEqual([
      401,
      'invalid_request_error',
      undefined,
    ]);
    expect(JSON.stringify(live.body)).not.toContain('4242424242');
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

  test('behaviour 11: what is missing in the body is 400 resource_missing with the full path of its parameter', async () => {
    const { id: customer } = await stripe.customers.create({});
    const items = [{ price: 'price_nobody' }];
    const error = await refusal(stripe.subscriptions.create({ customer, items }));
    expect([error.statusCode, error.code, error.param, error.message]).toEqual([
      400,
      'resource_missing',
      'items[0][price]',
      "No such price: 'price_nobody'",
    ]);
  });

  // Checked, 13: the codes and fields are documented: https://docs.stripe.com/error-codes,
  // https://docs.stripe.com/api/errors; the sentences were seen in recordings.
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
    const tooMuch = [of(51), { ['k'.repeat(41)]: 'x' }, { long: 'x'.repeat(501) }];
    const bracketed: Record<string, string>[] = [{ 'a[b': 'x' }, { 'a]b': 'x' }];
    for (const metadata of [...tooMuch, ...bracketed]) {
      expect((await refusal(stripe.customers.create({ metadata }))).statusCode).toBe(400);
    }
  });

  // Checked, 14: documented: https://docs.stripe.com/api/versioning, https://docs.stripe.com/webhooks#api-versions;
  // which fields older versions show, by release: https://docs.stripe.com/changelog.
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

  test('behaviour 14: payment_method_types is refused from endive on, wherever intents and sessions took it before', async () => {
    const older = sandbox.stripe(key, { apiVersion: '2026-08-26.dahlia' as never });
    const types = { payment_method_types: ['card'] } as never;
    const asked = async (client: Stripe): Promise<(string | undefined)[]> => {
      const order = { amount: 900, currency: 'usd', payment_method: 'pm_card_visa', ...(types as object) };
      const intent = await older.paymentIntents.create(order);
      const setup = await older.setupIntents.create({ payment_method: 'pm_card_visa', ...(types as object) });
      const attempts = [
        () => client.paymentIntents.create({ amount: 900, currency: 'usd', ...(types as object) }),
        () => client.paymentIntents.update(intent.id, types),
        () => client.paymentIntents.confirm(intent.id, types),
        () => client.setupIntents.create(types),
        () => client.setupIntents.update(setup.id, types),
      ];
      const codes: (string | undefined)[] = [];
      for (const attempt of attempts) {
        codes.push(
          await attempt().then(
            () => 'taken',
            (reason: { code?: string }) => reason.code,
          ),
        );
      }
      return codes;
    };
    const no = 'payment_method_types_no_longer_supported';
    expect(await asked(stripe)).toEqual([no, no, no, no, no]);
    expect(await asked(older)).toEqual(['taken', 'taken', 'taken', 'taken', 'taken']);
  });

  // Checked, 16: documented: https://docs.stripe.com/api/pagination. A limit out of bounds and an unknown cursor are
  // not; seen in probes of test mode: https://github.com/crvouga/mockingbird.
  test('behaviour 16: lists are newest first, exact about more, exclusive of their cursors and bounded', async () => {
    const email = `${unique('lists')}@example.com`;
    const { customers } = stripe;
    const ids: string[] = [];
    for (let count = 0; count < 12; count += 1) ids.unshift((await customers.create({ email })).id);
    const idsOf = (page: Stripe.ApiList<Stripe.Customer>) => [page.data.map((one) => one.id), page.has_more];
    expect(idsOf(await customers.list({ email }))).toEqual([ids.slice(0, 10), true]);
    expect(idsOf(await customers.list({ email, starting_after: ids[9] ?? '' }))).toEqual([ids.slice(10), false]);
    expect(idsOf(await customers.list({ email, limit: 2, starting_after: ids[9] ?? '' }))).toEqual([
      ids.slice(10),
      false,
    ]);
    expect(idsOf(await customers.list({ email, limit: 3, ending_before: ids[5] ?? '' }))).toEqual([
      ids.slice(2, 5),
      true,
    ]);
    expect((await customers.list({ email }).autoPagingToArray({ limit: 100 })).map((one) => one.id)).toEqual(ids);
  });

  test('behaviour 16: a limit out of bounds gets the nearest page there is', async () => {
    const email = `${unique('limits')}@example.com`;
    for (let made = 0; made < 101; made += 1) await stripe.customers.create({ email });
    const count = async (limit: number) => (await stripe.customers.list({ email, limit })).data.length;
    expect([await count(0), await count(-1), await count(100), await count(101)]).toEqual([1, 1, 100, 100]);
  });

  test('behaviour 16: a cursor nobody knows is an error, not an empty page, and so are two cursors', async () => {
    const error = await refusal(stripe.customers.list({ starting_after: 'cus_nobody' }));
    expect([error.statusCode, error.code, error.param]).toEqual([400, 'resource_missing', 'starting_after']);
    const { id } = await stripe.customers.create({});
    expect((await refusal(stripe.customers.list({ starting_after: id, ending_before: id }))).statusCode).toBe(400);
  });

  test("behaviour 16: another account's object is no cursor", async () => {
    const foreign = await sandbox.stripe('sk_test_foreign').customers.create({});
    const error = await refusal(stripe.customers.list({ starting_after: foreign.id }));
    expect([error.statusCode, error.code, error.param]).toEqual([400, 'resource_missing', 'starting_after']);
  });

  test('behaviour 16: lists take ranges of time', async () => {
    sandbox.steers('moves the clock');
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
    const email = `${unique('gone')}@example.com`;
    const customer = await stripe.customers.create({ email });
    await stripe.customers.del(customer.id);
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({
      id: customer.id,
      object: 'customer',
      deleted: true,
    });
    expect((await stripe.customers.list({ email })).data).toEqual([]);
    expect((await refusal(stripe.customers.update(customer.id, { name: 'x' }))).statusCode).toBe(404);
  });

  // Checked, 18: four levels and the prefix `data.` are documented: https://docs.stripe.com/expand; the code of a
  // deeper path is not, and was seen in error messages.
  test('behaviour 18: what cannot be expanded and more than four levels are 400 and change nothing', async () => {
    const run = unique('b18');
    const before = await newestCustomer();
    for (const [path, code] of [
      ['email', undefined],
      ['nonsense', undefined],
      ['test_clock.a.b.c.d', 'property_expansion_max_depth'],
    ]) {
      const error = await refusal(
        stripe.customers.create({ expand: [path ?? ''] }, { idempotencyKey: `${run}-${path}` }),
      );
      expect([path, error.statusCode, error.code, error.param]).toEqual([path, 400, code, undefined]);
      expect(error.message).toContain(path);
    }
    expect(await newestCustomer()).toBe(before);
    expect((await stripe.customers.create({}, { idempotencyKey: `${run}-email` })).object).toBe('customer');
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

  // Checked, 19: documented: https://docs.stripe.com/keys#test-live-modes,
  // https://docs.stripe.com/connect/authentication; 403 account_invalid for a stranger was seen in logs.
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
