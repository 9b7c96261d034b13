import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const KEY = 'sk_test_sandbox_world';
const RETURN_URL = 'https://host.example/billing';

describe.each(testDatabases())('a card on file, on %s', (database) => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    await world.connect(KEY);
  });
  afterEach(() => world.close());

  const newCustomer = async (more: Readonly<Record<string, unknown>> = {}) =>
    (await world.request('POST', '/v1/customers', { external_id: 'u_1', ...more })).body;
  const linkedCustomer = () => newCustomer({ sync_with_provider: true, sync: true });
  const methodsOf = async (id: unknown) =>
    (await world.request('GET', `/v1/customers/${String(id)}/payment_methods`)).body.data ?? [];
  const attach = async (token: string, customer: unknown) =>
    world.stripe(KEY).paymentMethods.attach(token, { customer: String(customer) });
  const eventTypes = async () => {
    const events = await world.request('GET', '/v1/events?limit=100');
    return (events.body.data ?? []).map((event: Body) => String(event.type));
  };

  test('LAGO-14, CUS-6: the payer leaves a card on the hosted page, and it becomes the default in Stripe and here', async () => {
    const customer = await newCustomer();
    expect(customer.provider_customer_id).toBeNull();
    const session = await world.request('POST', `/v1/customers/${customer.id}/setup_sessions`, {
      return_url: RETURN_URL,
      cancel_url: 'https://host.example/back',
    });
    expect(session.status).toBe(201);
    expect(session.body).toMatchObject({ object: 'setup_session', status: 'open', url: expect.any(String) });
    const left = world.visit('POST', String(session.body.url), { card: '4242424242424242' });
    expect([left.status, left.location]).toEqual([303, RETURN_URL]);
    await world.quiet();
    const [method] = await methodsOf(customer.id);
    expect(method).toMatchObject({ brand: 'visa', last4: '4242', is_default: true });
    const now = await world.request('GET', `/v1/customers/${customer.id}`);
    expect(now.body.default_payment_method_id).toBe(method?.id);
    const twin = await world.stripe(KEY).customers.retrieve(String(now.body.provider_customer_id));
    expect('invoice_settings' in twin && twin.invoice_settings.default_payment_method).toBe(
      method?.provider_payment_method_id,
    );
    const ended = await world.request('GET', `/v1/setup_sessions/${session.body.id}`);
    expect(ended.body).toMatchObject({ status: 'complete', url: null });
  });

  test('two pages asked for at once make one customer in Stripe', async () => {
    const customer = await newCustomer();
    const path = `/v1/customers/${customer.id}/setup_sessions`;
    const sessions = await Promise.all([1, 2].map(() => world.request('POST', path, { return_url: RETURN_URL })));
    expect(sessions.map(({ body }) => body.status)).toEqual(['open', 'open']);
    expect((await world.stripe(KEY).customers.list()).data).toHaveLength(1);
  });

  test('a page whose first answer was lost opens though his currency was changed meanwhile, and one card counts once', async () => {
    const customer = await linkedCustomer();
    world.sandbox.faults.add({ kind: 'cut_after_commit', request: 'POST /v1/checkout/sessions', times: 1 });
    const asked = await world.request('POST', `/v1/customers/${customer.id}/setup_sessions`, {
      return_url: RETURN_URL,
    });
    expect(asked).toMatchObject({ status: 202, body: { status: 'creating', url: null } });
    await world.request('PATCH', `/v1/customers/${customer.id}`, { currency: 'chf' });
    await world.advance(60_000, 10_000);
    const { body: session } = await world.request('GET', `/v1/setup_sessions/${asked.body.id}`);
    expect(session).toMatchObject({ status: 'open', url: expect.any(String), error: null });
    world.visit('POST', String(session.url), { card: '4242424242424242' });
    await world.quiet();
    expect(await methodsOf(customer.id)).toMatchObject([{ last4: '4242', is_default: true }]);
    // The page that the lost answer told of has no visitor, and ends by itself.
    await world.advance(25 * 3_600_000, 6 * 3_600_000);
    const pages = (await world.stripe(KEY).checkout.sessions.list()).data;
    expect(pages.map(({ status }) => status).sort()).toEqual(['complete', 'expired']);
    expect((await world.stripe(KEY).customers.list()).data).toHaveLength(1);
  });

  test('a page that nobody used runs out, and says so', async () => {
    const customer = await newCustomer();
    const session = await world.request('POST', `/v1/customers/${customer.id}/setup_sessions`, {
      return_url: RETURN_URL,
    });
    await world.advance(25 * 3_600_000, 6 * 3_600_000);
    const ended = await world.request('GET', `/v1/setup_sessions/${session.body.id}`);
    expect(ended.body).toMatchObject({ status: 'expired', url: null });
  });

  test('what Stripe refuses about a page reaches who asked for it', async () => {
    const customer = await newCustomer();
    world.sandbox.faults.add({
      kind: 'status',
      status: 400,
      error: { type: 'invalid_request_error', message: 'No payment method is switched on.' },
      request: 'POST /v1/checkout/sessions',
      times: 1,
    });
    const session = await world.request('POST', `/v1/customers/${customer.id}/setup_sessions`, {
      return_url: RETURN_URL,
    });
    expect(session.body.error).toMatchObject({
      code: 'stripe_refused',
      message: expect.stringContaining('No payment method is switched on.'),
    });
  });

  test('a page lost on the way is the same page when the worker goes on', async () => {
    const customer = await linkedCustomer();
    world.sandbox.faults.add({ kind: 'cut_after_commit', request: 'POST /v1/checkout/sessions', times: 1 });
    const session = await world.request('POST', `/v1/customers/${customer.id}/setup_sessions`, {
      return_url: RETURN_URL,
    });
    expect([session.status, session.body.status]).toEqual([202, 'creating']);
    await world.advance(5_000, 1_000);
    expect((await world.request('GET', `/v1/setup_sessions/${session.body.id}`)).body.status).toBe('open');
    expect((await world.stripe(KEY).checkout.sessions.list()).data).toHaveLength(1);
  });

  test('CUS-6: a card attached, made the default and removed in Stripe is noticed each time', async () => {
    const customer = await linkedCustomer();
    const card = await attach('pm_card_visa', customer.provider_customer_id);
    await world.quiet();
    expect(await methodsOf(customer.id)).toMatchObject([{ provider_payment_method_id: card.id, is_default: false }]);
    await world.stripe(KEY).customers.update(String(customer.provider_customer_id), {
      invoice_settings: { default_payment_method: card.id },
    });
    await world.quiet();
    expect(await methodsOf(customer.id)).toMatchObject([{ is_default: true }]);
    await world.stripe(KEY).paymentMethods.detach(card.id);
    await world.quiet();
    expect(await methodsOf(customer.id)).toEqual([]);
    const now = await world.request('GET', `/v1/customers/${customer.id}`);
    expect(now.body.default_payment_method_id).toBeNull();
    expect(await eventTypes()).toEqual(
      expect.arrayContaining(['payment_method.attached', 'payment_method.updated', 'payment_method.detached']),
    );
  });

  test('ENV-6: what Stripe did stands in the audit log as Stripe’s doing, with before and after', async () => {
    const customer = await linkedCustomer();
    const card = await attach('pm_card_visa', customer.provider_customer_id);
    await world.quiet();
    const [method] = await methodsOf(customer.id);
    await world.stripe(KEY).paymentMethods.detach(card.id);
    await world.quiet();
    const entries = await world.request('GET', `/v1/audit_entries?object_id=${method?.id}`);
    expect(entries.body.data).toMatchObject([
      { action: 'payment_method.detached', actor: { kind: 'stripe' }, before: { detached_at: null } },
      { action: 'payment_method.attached', actor: { kind: 'stripe' }, before: null, after: { last4: '4242' } },
    ]);
    const made = await world.request('GET', `/v1/audit_entries?object_id=${customer.id}`);
    expect(made.body.data?.map((entry: Body) => entry.action)).toContain('customer.payment_provider_created');
  });

  test('a page for a customer who was deleted in Stripe fails with the reason, and his link is let go', async () => {
    const customer = await linkedCustomer();
    world.sandbox.faults.add({ kind: 'event_drop' });
    await world.stripe(KEY).customers.del(String(customer.provider_customer_id));
    const session = await world.request('POST', `/v1/customers/${customer.id}/setup_sessions`, {
      return_url: RETURN_URL,
    });
    expect(session.body.error?.code).toBe('stripe_refused');
    await world.quiet();
    const now = await world.request('GET', `/v1/customers/${customer.id}`);
    expect(now.body).toMatchObject({
      provider_customer_id: null,
      provider_error: { code: 'provider_customer_deleted' },
    });
    const again = await world.request('POST', `/v1/customers/${customer.id}/setup_sessions`, {
      return_url: RETURN_URL,
    });
    expect(again.status).toBe(201);
  });

  test('CUS-7: an erased customer is erased from what was told and heard of him too', async () => {
    const customer = await newCustomer({ name: 'Lovelace', sync_with_provider: true, sync: true });
    await attach('pm_card_visa', customer.provider_customer_id);
    await world.stripe(KEY).customers.update(String(customer.provider_customer_id), { description: 'Lovelace' });
    await world.quiet();
    await world.request('DELETE', `/v1/customers/${customer.id}`, { in_stripe: 'delete', erase: true });
    await world.advance(20 * 60_000, 60_000);
    const told = await world.request('GET', '/v1/events?limit=100');
    const heard = await world.request('GET', '/v1/stripe_events?limit=100');
    expect(JSON.stringify([told.body, heard.body])).not.toContain('Lovelace');
    expect(told.body.data?.filter((event: Body) => event.type === 'customer.created')).toHaveLength(1);
    const kept = await world.context.db.query({
      text: "select 1 from stripe_events where payload::text like '%Lovelace%'",
    });
    expect(kept).toEqual([]);
  });

  test('CON-6, EVT-3: with every push lost, polling brings the same', async () => {
    const customer = await linkedCustomer();
    world.pushReaches = false;
    await attach('pm_card_mastercard', customer.provider_customer_id);
    await world.advance(60_000, 10_000);
    expect(await methodsOf(customer.id)).toMatchObject([{ brand: 'mastercard' }]);
  });

  test('EVT-3: events that come twice and out of order leave the picture that Stripe has', async () => {
    const customer = await linkedCustomer();
    world.sandbox.faults.add({ kind: 'event_duplicate' });
    world.sandbox.faults.add({ kind: 'event_reorder' });
    const first = await attach('pm_card_visa', customer.provider_customer_id);
    const second = await attach('pm_card_mastercard', customer.provider_customer_id);
    await world.stripe(KEY).paymentMethods.detach(first.id);
    await world.advance(30_000, 1_000);
    expect((await methodsOf(customer.id)).map((method: Body) => method.provider_payment_method_id)).toEqual([
      second.id,
    ]);
    const types = await eventTypes();
    expect(types.filter((type: string) => type === 'payment_method.attached').length).toBeLessThanOrEqual(2);
  });

  test('CUS-6: the host chooses the default and removes a card: in Stripe first, and here', async () => {
    const customer = await linkedCustomer();
    await attach('pm_card_visa', customer.provider_customer_id);
    await attach('pm_card_mastercard', customer.provider_customer_id);
    await world.quiet();
    const [newest] = await methodsOf(customer.id);
    const chosen = await world.request('POST', `/v1/customers/${customer.id}/default_payment_method`, {
      payment_method_id: newest?.id,
    });
    expect([chosen.status, chosen.body.default_payment_method_id]).toEqual([200, newest?.id]);
    const removed = await world.request('POST', `/v1/payment_methods/${newest?.id}/detach`);
    expect([removed.status, typeof removed.body.detached_at]).toEqual([200, 'string']);
    expect(await methodsOf(customer.id)).toHaveLength(1);
    const again = await world.request('POST', `/v1/payment_methods/${newest?.id}/detach`);
    expect(again.status).toBe(200);
    const refused = await world.request('POST', `/v1/customers/${customer.id}/default_payment_method`, {
      payment_method_id: newest?.id,
    });
    expect([refused.status, refused.body.error?.code]).toEqual([409, 'payment_method_detached']);
    const listed = await world.stripe(KEY).customers.listPaymentMethods(String(customer.provider_customer_id));
    expect(listed.data).toHaveLength(1);
  });

  test('CUS-6: a card that runs out is announced once, two months before it does; a new expiry anew', async () => {
    const customer = await linkedCustomer();
    const stripe = world.stripe(KEY);
    const made = await stripe.paymentMethods.create({
      type: 'card',
      card: { number: '4242424242424242', exp_month: 5, exp_year: 2027, cvc: '123' },
    });
    const card = await attach(made.id, customer.provider_customer_id);
    const announcements = async () => {
      const events = await world.request('GET', '/v1/events?type=payment_method.expiring');
      return (events.body.data ?? []).length;
    };
    await world.quiet();
    await world.advance(30 * 86_400_000, 86_400_000);
    expect(await announcements()).toBe(0);
    await world.advance(3 * 86_400_000, 86_400_000);
    expect(await announcements()).toBe(1);
    await world.advance(30 * 86_400_000, 5 * 86_400_000);
    expect(await announcements()).toBe(1);
    await stripe.paymentMethods.update(card.id, { card: { exp_month: 6, exp_year: 2027 } });
    await world.advance(2 * 3_600_000, 3_600_000);
    expect(await announcements()).toBe(2);
  });
});
