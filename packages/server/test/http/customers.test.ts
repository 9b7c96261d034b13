import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const KEY = 'sk_test_sandbox_world';
const UNKNOWN = 'cus_000000000000000000000000';

describe.each(testDatabases())('/v1/customers on %s', (database) => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld({ database });
  });
  afterEach(() => world.close());

  const upsert = (body: Readonly<Record<string, unknown>>) => world.request('POST', '/v1/customers', body);

  describe('200 and 201', () => {
    test('CUS-1: the first write makes him, the second changes him, and absent fields stay', async () => {
      const address = { line1: '1 Main St', city: 'Berlin', postal_code: '10115', country: 'DE' };
      const made = await upsert({
        external_id: 'u_1',
        name: 'Ada',
        emails: ['ada@example.com', 'billing@example.com'],
        address,
        tax_ids: [{ type: 'eu_vat', value: 'DE123456789' }],
        currency: 'eur',
        time_zone: 'Europe/Berlin',
        metadata: { a: '1' },
      });
      expect(made.status).toBe(201);
      const changed = await upsert({ external_id: 'u_1', metadata: { b: '2' } });
      expect(changed.status).toBe(200);
      expect(changed.body).toMatchObject({
        object: 'customer',
        id: made.body.id,
        name: 'Ada',
        emails: ['ada@example.com', 'billing@example.com'],
        address: { ...address, line2: null, state: null },
        tax_ids: [{ type: 'eu_vat', value: 'DE123456789' }],
        currency: 'eur',
        time_zone: 'Europe/Berlin',
        metadata: { a: '1', b: '2' },
        payment_provider: null,
        provider_status: 'not_linked',
      });
      expect((await world.request('GET', `/v1/customers/${made.body.id}`)).body).toEqual(changed.body);
    });

    test('CUS-1: whatever our API takes, Stripe takes: each field at its longest arrives there', async () => {
      await world.connect(KEY);
      const line = 'ä'.repeat(200);
      const made = await upsert({
        external_id: 'u'.repeat(255),
        name: 'ä'.repeat(256),
        emails: [`${'e'.repeat(308)}@example.com`],
        phone: '1'.repeat(20),
        address: { line1: line, line2: line, city: line, postal_code: line, state: line, country: 'DE' },
        tax_ids: [{ type: 'eu_vat', value: 'DE123456789' }],
        metadata: Object.fromEntries(
          Array.from({ length: 47 }, (_, place) => [String(place).padStart(40, 'k'), 'v'.repeat(500)]),
        ),
        sync_with_provider: true,
        sync: true,
      });
      expect(made.body).toMatchObject({ provider_status: 'linked', provider_error: null });
      const there = await world.stripe(KEY).customers.retrieve(String(made.body.provider_customer_id));
      expect(there).toMatchObject({ name: 'ä'.repeat(256), phone: '1'.repeat(20), address: { state: line } });
      expect(Object.keys((there as { metadata: object }).metadata)).toHaveLength(50);
      const longer = await upsert({ external_id: 'u_2', name: 'ä'.repeat(257) });
      expect([longer.status, longer.body.error?.param]).toEqual([400, 'name']);
    });

    test('null empties a field, by PATCH too', async () => {
      const made = await upsert({ external_id: 'u_1', name: 'Ada', phone: '123' });
      const changed = await world.request('PATCH', `/v1/customers/${made.body.id}`, { phone: null });
      expect(changed.body).toMatchObject({ name: 'Ada', phone: null });
    });

    test('the list finds by external id and by any of his emails, newest first, page by page', async () => {
      for (const id of ['u_1', 'u_2', 'u_3'])
        await upsert({ external_id: id, emails: [`${id}@a.example`, 'all@b.example'] });
      const ids = async (query: string) =>
        (await world.request('GET', `/v1/customers?${query}`)).body.data?.map((item: Body) => item.external_id);
      expect(await ids('')).toEqual(['u_3', 'u_2', 'u_1']);
      expect(await ids('external_id=u_2')).toEqual(['u_2']);
      expect(await ids('email=u_3@a.example')).toEqual(['u_3']);
      expect(await ids('email=all@b.example&limit=2')).toEqual(['u_3', 'u_2']);
      const page = await world.request('GET', '/v1/customers?limit=2');
      expect(page.body.has_more).toBe(true);
      expect(await ids(`starting_after=${page.body.data?.[1]?.id}`)).toEqual(['u_1']);
    });

    test('every write is in the audit log with before and after, and a write of nothing is not', async () => {
      const made = await upsert({ external_id: 'u_1', name: 'Ada' });
      await upsert({ external_id: 'u_1', name: 'Ada' });
      await upsert({ external_id: 'u_1', name: 'Ada L.' });
      const entries = await world.request('GET', `/v1/audit_entries?object_id=${made.body.id}`);
      expect(entries.body.data).toMatchObject([
        { action: 'customer.updated', before: { name: 'Ada' }, after: { name: 'Ada L.' } },
        { action: 'customer.created', before: null, after: { name: 'Ada' } },
      ]);
    });

    test('the same idempotency key gives the same answer and makes nobody twice', async () => {
      await world.connect(KEY);
      const body = { external_id: 'u_1', sync_with_provider: true, sync: true };
      const first = await world.request('POST', '/v1/customers', body, { idempotencyKey: 'k' });
      const again = await world.request('POST', '/v1/customers', body, { idempotencyKey: 'k' });
      expect([again.status, again.body]).toEqual([first.status, first.body]);
      expect(again.status).toBe(201);
    });

    test('deleting says what stays for the books and what becomes of him in Stripe', async () => {
      await world.connect(KEY);
      const made = await upsert({ external_id: 'u_1', name: 'Ada', sync_with_provider: true, sync: true });
      const twin = String(made.body.provider_customer_id);
      const deleted = await world.request('DELETE', `/v1/customers/${made.body.id}`, { in_stripe: 'delete' });
      expect(deleted.status).toBe(200);
      expect(deleted.body).toMatchObject({
        in_stripe: 'being_deleted',
        deleted_at: expect.any(String),
        remaining_invoices: { draft: 0, open: 0, paid: 0, void: 0, uncollectible: 0 },
      });
      await world.quiet();
      expect(await world.stripe(KEY).customers.retrieve(twin)).toMatchObject({ deleted: true });
      expect((await world.request('GET', '/v1/customers')).body.data).toEqual([]);
      expect((await world.request('GET', `/v1/customers/${made.body.id}`)).status).toBe(200);
      expect((await upsert({ external_id: 'u_1' })).status).toBe(201);
    });

    test('deleting without a body keeps him in Stripe, and his twin can be linked to another', async () => {
      await world.connect(KEY);
      const made = await upsert({ external_id: 'u_1', sync_with_provider: true, sync: true });
      const twin = String(made.body.provider_customer_id);
      await world.stripe(KEY).paymentMethods.attach('pm_card_visa', { customer: twin });
      await world.quiet();
      const deleted = await world.request('DELETE', `/v1/customers/${made.body.id}`);
      expect(deleted.body).toMatchObject({ in_stripe: 'kept' });
      const other = await upsert({ external_id: 'u_2', provider_customer_id: twin });
      expect(other.status).toBe(201);
      const methods = await world.request('GET', `/v1/customers/${other.body.id}/payment_methods`);
      expect(methods.body.data).toMatchObject([{ last4: '4242', customer_id: other.body.id }]);
    });

    test('erasing blanks him, also after deleting, and the audit entry holds nothing of him', async () => {
      const made = await upsert({ external_id: 'lovelace@example.com', name: 'Lovelace', emails: ['l@example.com'] });
      await world.request('DELETE', `/v1/customers/${made.body.id}`);
      const erased = await world.request('DELETE', `/v1/customers/${made.body.id}`, { erase: true });
      expect(JSON.stringify(erased.body)).not.toMatch(/lovelace|example/i);
      const entries = await world.request('GET', `/v1/audit_entries?object_id=${made.body.id}&limit=1`);
      expect(entries.body.data).toMatchObject([{ action: 'customer.erased', before: null, after: { erased: true } }]);
    });
  });

  describe('400', () => {
    test.each<[string, unknown, string, string]>([
      ['no external id', {}, 'parameter_missing', 'external_id'],
      ['an empty external id', { external_id: ' ' }, 'parameter_invalid', 'external_id'],
      ['an unknown field', { external_id: 'u', nam: 'x' }, 'parameter_unknown', 'nam'],
      ['no email', { external_id: 'u', emails: ['x'] }, 'parameter_invalid', 'emails[0]'],
      ['a currency there is not', { external_id: 'u', currency: 'zzz' }, 'parameter_invalid', 'currency'],
      ['a time zone there is not', { external_id: 'u', time_zone: 'Mars/Base' }, 'parameter_invalid', 'time_zone'],
      [
        'a country in full',
        { external_id: 'u', address: { country: 'Germany' } },
        'parameter_invalid',
        'address[country]',
      ],
      ['another provider', { external_id: 'u', payment_provider: 'paypal' }, 'parameter_invalid', 'payment_provider'],
      [
        'a twin that is no customer',
        { external_id: 'u', provider_customer_id: 'pm_1' },
        'parameter_invalid',
        'provider_customer_id',
      ],
      [
        'a link of one whom nobody collects from',
        { external_id: 'u', payment_provider: null, provider_customer_id: 'cus_x' },
        'parameter_invalid',
        'payment_provider',
      ],
      [
        'more metadata than Stripe takes beside our stamps',
        { external_id: 'u', metadata: Object.fromEntries(Array.from({ length: 48 }, (_, i) => [`k${i}`, 'v'])) },
        'parameter_invalid',
        'metadata',
      ],
    ])('%s', async (_case, body, code, param) => {
      const reply = await world.request('POST', '/v1/customers', body);
      expect(reply.status).toBe(400);
      expect(reply.body.error).toMatchObject({ code, param });
      expect((await world.request('GET', '/v1/customers')).body.data).toEqual([]);
    });

    test('CUS-4: a twin that Stripe does not have', async () => {
      await world.connect(KEY);
      const reply = await upsert({ external_id: 'u_1', provider_customer_id: 'cus_nobody' });
      expect([reply.status, reply.body.error?.code]).toEqual([400, 'provider_customer_missing']);
    });
  });

  test('401 without a key, 403 with one that may only read', async () => {
    expect((await world.request('POST', '/v1/customers', {}, { key: null })).status).toBe(401);
    const reader = await world.request('POST', '/v1/api_keys', { name: 'reader', scopes: ['read'] });
    const key = String(reader.body.secret);
    expect((await world.request('POST', '/v1/customers', { external_id: 'u' }, { key })).status).toBe(403);
    expect((await world.request('GET', '/v1/customers', undefined, { key })).status).toBe(200);
  });

  test.each([
    ['GET', `/v1/customers/${UNKNOWN}`, undefined],
    ['PATCH', `/v1/customers/${UNKNOWN}`, {}],
    ['DELETE', `/v1/customers/${UNKNOWN}`, undefined],
    ['GET', `/v1/customers/${UNKNOWN}/payment_methods`, undefined],
    ['POST', `/v1/customers/${UNKNOWN}/setup_sessions`, { return_url: 'https://host.example/' }],
    ['POST', `/v1/customers/${UNKNOWN}/default_payment_method`, { payment_method_id: 'pm_x' }],
    ['POST', '/v1/payment_methods/pm_x/detach', undefined],
    ['GET', '/v1/setup_sessions/ses_x', undefined],
  ])('404: %s %s', async (method, path, body) => {
    expect((await world.request(method, path, body)).status).toBe(404);
  });

  test('404: another environment’s customer, card and page are as unknown as if they never were', async () => {
    await world.connect(KEY);
    const made = await upsert({ external_id: 'u_1', sync_with_provider: true, sync: true });
    const twin = String(made.body.provider_customer_id);
    await world.stripe(KEY).paymentMethods.attach('pm_card_visa', { customer: twin });
    await world.quiet();
    const methods = await world.request('GET', `/v1/customers/${made.body.id}/payment_methods`);
    const pageRequest = { return_url: 'https://host.example/' };
    const page = await world.request('POST', `/v1/customers/${made.body.id}/setup_sessions`, pageRequest);
    const other = await world.request('POST', '/v1/environments', { name: 'Other' });
    const key = String(other.body.secret_key);
    const customer = `/v1/customers/${made.body.id}`;
    for (const [method, path, body] of [
      ['GET', customer],
      ['PATCH', customer, { name: 'x' }],
      ['DELETE', customer],
      ['GET', `${customer}/payment_methods`],
      ['POST', `${customer}/setup_sessions`, pageRequest],
      ['POST', `${customer}/default_payment_method`, { payment_method_id: methods.body.data?.[0]?.id }],
      ['POST', `/v1/payment_methods/${methods.body.data?.[0]?.id}/detach`],
      ['GET', `/v1/setup_sessions/${page.body.id}`],
    ] as const)
      expect((await world.request(method, path, body, { key })).status).toBe(404);
    expect((await world.request('GET', '/v1/customers', undefined, { key })).body.data).toEqual([]);
    expect((await world.request('GET', customer)).body).toMatchObject({ deleted_at: null, name: null });
  });

  describe('409', () => {
    test.each([
      { payment_provider: 'stripe' },
      { provider_customer_id: 'cus_x' },
      { sync_with_provider: true },
      { payment_provider_code: 'none' },
    ])('Stripe is asked for and not connected: %j', async (body) => {
      const reply = await upsert({ external_id: 'u_1', ...body });
      expect([reply.status, reply.body.error?.code]).toEqual([409, 'payment_provider_not_connected']);
    });

    test('CUS-4: a twin that was deleted in Stripe', async () => {
      await world.connect(KEY);
      const there = await world.stripe(KEY).customers.create({});
      await world.stripe(KEY).customers.del(there.id);
      const reply = await upsert({ external_id: 'u_1', provider_customer_id: there.id });
      expect([reply.status, reply.body.error?.code]).toEqual([409, 'provider_customer_deleted']);
    });

    test('letting go of a twin that may just be coming into being', async () => {
      await world.connect(KEY);
      const made = await upsert({ external_id: 'u_1', sync_with_provider: true });
      const reply = await world.request('PATCH', `/v1/customers/${made.body.id}`, { payment_provider: null });
      expect([reply.status, reply.body.error?.code]).toEqual([409, 'customer_creation_under_way']);
      await world.quiet();
      const again = await world.request('PATCH', `/v1/customers/${made.body.id}`, { payment_provider: null });
      expect(again.body).toMatchObject({
        provider_customer_id: null,
        connection_id: null,
        provider_status: 'not_linked',
      });
    });

    test('deleting while invoices are open, unless it is said that they may stay', async () => {
      const made = await upsert({ external_id: 'u_1', currency: 'eur' });
      const invoice = await world.request('POST', '/v1/invoices', {
        customer_id: made.body.id,
        currency: 'eur',
        finalize: true,
        lines: [{ description: 'Seats', quantity: '1', unit_amount: 1000 }],
      });
      expect(invoice.status).toBe(201);
      const refused = await world.request('DELETE', `/v1/customers/${made.body.id}`);
      expect([refused.status, refused.body.error?.code]).toEqual([409, 'customer_has_open_invoices']);
      expect(refused.body.error?.details).toMatchObject({ invoices: { open: 1 } });
      const deleted = await world.request('DELETE', `/v1/customers/${made.body.id}`, { open_invoices: 'keep' });
      expect(deleted.body).toMatchObject({ remaining_invoices: { open: 1 } });
    });

    test('changing a deleted customer, and giving him a page', async () => {
      await world.connect(KEY);
      const made = await upsert({ external_id: 'u_1' });
      await world.request('DELETE', `/v1/customers/${made.body.id}`);
      const changed = await world.request('PATCH', `/v1/customers/${made.body.id}`, { name: 'x' });
      expect([changed.status, changed.body.error?.code]).toEqual([409, 'customer_deleted']);
      const page = await world.request('POST', `/v1/customers/${made.body.id}/setup_sessions`, {
        return_url: 'https://host.example/',
      });
      expect([page.status, page.body.error?.code]).toEqual([409, 'customer_deleted']);
    });
  });

  test('502 when Stripe cannot be asked about a twin, and nothing is written', async () => {
    await world.connect(KEY);
    world.sandbox.faults.add({ kind: 'cut_before_commit', request: 'GET /v1/customers/*', times: 1 });
    const reply = await upsert({ external_id: 'u_1', provider_customer_id: 'cus_x' });
    expect([reply.status, reply.body.error?.code]).toEqual([502, 'stripe_unreachable']);
    expect((await world.request('GET', '/v1/customers')).body.data).toEqual([]);
  });
});
