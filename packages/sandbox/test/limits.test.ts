import type Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSandbox, runSandbox } from '../src/testing/running-sandbox.js';

// What a request may be at most. Lengths: https://github.com/stripe/openapi (`maxLength`) and the comments of the SDK's types.

let sandbox: RunningSandbox;
let stripe: Stripe;
const key = 'sk_test_limits';

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe(key);
});
afterAll(() => sandbox.close());

const withVersion = (version: string) =>
  sandbox.call('GET', '/v1/customers', { key, headers: { 'stripe-version': version } });

describe('versions', () => {
  test.each(['2011-01-01', '2020-08-27', '2024-06-20', '2025-09-30.clover', '2026-10-28.endive'])(
    '%s was published, and is answered as itself',
    async (version) => {
      const answer = await withVersion(version);
      expect([answer.status, answer.headers.get('stripe-version')]).toEqual([200, version]);
    },
  );

  test.each(['2010-01-01', '2099-01-01.zzz', '2026-10-28', '2026-10-28.dahlia', '2025-9-30.clover', 'latest'])(
    '%s never was, and is refused by its name',
    async (version) => {
      const answer = await withVersion(version);
      expect([answer.status, answer.body.error?.type, answer.body.error?.message]).toEqual([
        400,
        'invalid_request_error',
        `Invalid Stripe API version: ${version}`,
      ]);
    },
  );

  test('the SDK shows the refusal as any other', async () => {
    const older = sandbox.stripe(key, { apiVersion: '2010-01-01' as never });
    await expect(older.customers.create({})).rejects.toMatchObject({
      type: 'StripeInvalidRequestError',
      statusCode: 400,
    });
  });

  test('an account takes no default version, and an endpoint no version, that never was', async () => {
    expect(await sandbox.control('POST', 'accounts', { key, default_version: '2010-01-01' })).toMatchObject({
      error: expect.anything(),
    });
    const wrong = { url: 'https://shop.example/x', enabled_events: ['*'], api_version: '2010-01-01' } as never;
    await expect(stripe.webhookEndpoints.create(wrong)).rejects.toMatchObject({
      statusCode: 400,
      param: 'api_version',
    });
  });
});

describe('lengths of strings', () => {
  const long = (length: number): string => `${'x'.repeat(length - 1)}é`;

  test.each([
    ['name', 256, long],
    ['phone', 20, long],
    ['email', 512, (length: number) => `${long(length - '@shop.example'.length)}@shop.example`],
    ['business_name', 150, long],
    ['description', 5_000, long],
  ] as const)('a customer has a %s of at most %i characters', async (field, most, text) => {
    expect(await stripe.customers.create({ [field]: text(most) })).toMatchObject({ [field]: text(most) });
    const newest = async () => (await stripe.customers.list({ limit: 1 })).data[0]?.id;
    const before = await newest();
    await expect(stripe.customers.create({ [field]: text(most + 1) })).rejects.toMatchObject({
      type: 'StripeInvalidRequestError',
      statusCode: 400,
      param: field,
      message: expect.stringMatching(`^Invalid string: x.*; must be at most ${most} characters$`),
    });
    expect(await newest()).toBe(before);
  });

  test('characters are counted, not the units they are stored in', async () => {
    expect((await stripe.customers.create({ name: '🧾'.repeat(256) })).name).toBe('🧾'.repeat(256));
    await expect(stripe.customers.create({ name: '🧾'.repeat(257) })).rejects.toMatchObject({ param: 'name' });
  });

  test('inside of lists and objects too, with the full path', async () => {
    const custom_fields = [{ name: long(41), value: 'x' }];
    await expect(stripe.customers.create({ invoice_settings: { custom_fields } })).rejects.toMatchObject({
      param: 'invoice_settings[custom_fields][0][name]',
    });
    await expect(stripe.customers.create({ preferred_locales: ['en', long(5_001)] })).rejects.toMatchObject({
      param: 'preferred_locales[1]',
    });
  });

  test('what Stripe lets be longer than the usual is taken', async () => {
    const description = long(40_000);
    expect((await stripe.products.create({ name: 'x', description })).description).toBe(description);
  });

  const holdingNul: readonly Stripe.CustomerCreateParams[] = [
    { name: 'a\0b' },
    { metadata: { a: 'a\0b' } },
    { metadata: { 'a\0b': 'a' } },
  ];
  test.each(holdingNul)('a NUL is refused in %j', async (params) => {
    await expect(stripe.customers.create(params)).rejects.toMatchObject({
      type: 'StripeInvalidRequestError',
      statusCode: 400,
    });
  });
});

describe('requests as a whole', () => {
  beforeEach(() => sandbox.steers("is about bounds of the sandbox's own"));

  test('of more than a mebibyte are refused in the shape of an error', async () => {
    const answer = await sandbox.call('POST', '/v1/customers', { key, body: `name=${'x'.repeat(1024 * 1024)}` });
    expect([answer.status, answer.body.error?.type]).toEqual([413, 'invalid_request_error']);
  });

  test('of more parameters than anybody sends are refused, not cut short', async () => {
    const body = Array.from({ length: 5_001 }, (_, position) => `preferred_locales[${position}]=en`).join('&');
    const answer = await sandbox.call('POST', '/v1/customers', { key, body });
    expect([answer.status, answer.body.error?.message]).toEqual([400, 'A request may have at most 5000 parameters.']);
  });

  test('that are refused are not told back at full length', async () => {
    for (const body of [
      `${'x'.repeat(100_000)}=1`,
      `validate=${'x'.repeat(100_000)}`,
      `balance=${'1'.repeat(100_000)}`,
    ]) {
      const answer = await sandbox.call('POST', '/v1/customers', { key, body });
      expect(answer.status).toBe(400);
      expect(JSON.stringify(answer.body).length).toBeLessThan(4_000);
    }
  });
});
