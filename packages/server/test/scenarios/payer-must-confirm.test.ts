import { type Body, createWorld, PUBLIC_URL, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOST_URL, InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

describe.each(testDatabases())('the payer must confirm (INV-5), on %s', (database) => {
  let world: World;
  let story: InvoiceStory;
  let customer: Body;
  let invoice: Body;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    story = new InvoiceStory(world);
    await world.connect(STRIPE_KEY);
    customer = await story.customerWithCard('pm_card_authenticationRequired');
    invoice = await story.invoice(customer, 1500);
  });
  afterEach(() => world.close());

  const openPayment = async () => story.get(`/v1/payments/${String(invoice.open_payment_id)}`);
  const now = async () => story.get(`/v1/invoices/${invoice.id}`);
  const pagePath = async () => {
    const link = await story.get(`/v1/invoices/${invoice.id}/payment_link`);
    return String(link.url).slice(PUBLIC_URL.length);
  };

  test('INV-5: an off-session charge that the bank wants confirmed waits for the payer, and the host gets the link', async () => {
    expect(invoice).toMatchObject({
      payment_status: 'requires_action',
      payment_status_reason: 'authentication_required',
    });
    expect(await openPayment()).toMatchObject({ status: 'requires_action', kind: 'automatic' });
    const [told, ...others] = await story.events('payment.requires_action');
    expect(others).toEqual([]);
    expect(told?.data?.object).toMatchObject({
      id: invoice.open_payment_id,
      payment_link: expect.stringContaining(await pagePath()),
    });
  });

  test('by API: the host sends the payer to the bank, and the same intent pays the invoice', async () => {
    const path = `/v1/payments/${String(invoice.open_payment_id)}/confirm_on_session`;
    const confirmed = await world.request('POST', path, { return_url: HOST_URL });
    expect(confirmed).toMatchObject({
      status: 200,
      body: { status: 'requires_action', next_action: { type: 'redirect_to_url', url: expect.any(String) } },
    });
    const again = await world.request('POST', path, { return_url: HOST_URL });
    expect(again.body.next_action).toEqual(confirmed.body.next_action);
    const passed = world.visit('POST', String(confirmed.body.next_action?.url), { outcome: 'complete' });
    expect(passed.location).toContain(HOST_URL);
    await world.quiet();
    expect(await now()).toMatchObject({ status: 'paid', payment_status: 'succeeded' });
    expect(await story.intents()).toHaveLength(1);
  });

  test('by page: the button leads to the bank, and the bank leads back to a page that says it is paid', async () => {
    const path = await pagePath();
    const shown = await world.request('GET', path, undefined, { key: null });
    expect(shown.status).toBe(200);
    expect(String(shown.body.text)).toContain('Confirm your payment');
    expect(shown.headers['content-security-policy']).toContain("default-src 'none'");
    const pressed = await world.request('POST', path, undefined, { key: null });
    expect(pressed.status).toBe(303);
    const passed = world.visit('POST', String(pressed.headers.location), { outcome: 'complete' });
    expect(passed.location).toContain(path);
    await world.quiet();
    const paid = await world.request('GET', path, undefined, { key: null });
    expect(String(paid.body.text)).toContain('This invoice is paid');
  });

  test('a payer who comes back before Stripe has told us sees that it is paid', async () => {
    const path = await pagePath();
    const pressed = await world.request('POST', path, undefined, { key: null });
    world.pushReaches = false;
    const passed = world.visit('POST', String(pressed.headers.location), { outcome: 'complete' });
    const back = new URL(String(passed.location));
    const shown = await world.request('GET', `${back.pathname}${back.search}`, undefined, { key: null });
    expect(String(shown.body.text)).toContain('This invoice is paid');
  });

  test('INV-3: a payer who fails at the bank fails the invoice, and may try again by the page', async () => {
    const pressed = await world.request('POST', await pagePath(), undefined, { key: null });
    world.visit('POST', String(pressed.headers.location), { outcome: 'fail' });
    await world.quiet();
    expect(await now()).toMatchObject({
      payment_status: 'failed',
      last_payment_error: { code: 'payment_intent_authentication_failure' },
      open_payment_id: null,
    });
    expect(await story.events('invoice.payment_failure')).toHaveLength(1);
    const again = await world.request('POST', await pagePath(), undefined, { key: null });
    expect(again.status).toBe(303);
    const paid = world.visit('POST', String(again.headers.location), { card: '4242424242424242' });
    expect(paid.status).toBe(303);
    await world.quiet();
    expect(await now()).toMatchObject({ status: 'paid' });
  });

  test('another card instead of a confirmation pays the same intent', async () => {
    await story.leaveCard(customer, 'pm_card_visa');
    expect(await now()).toMatchObject({ status: 'paid' });
    expect(await story.intents()).toHaveLength(1);
  });

  test('withdrawn, it can bring no money any more, and the invoice can be voided', async () => {
    const refused = await world.request('POST', `/v1/invoices/${invoice.id}/void`);
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'invoice_has_open_payment' } } });
    const canceled = await world.request('POST', `/v1/payments/${String(invoice.open_payment_id)}/cancel`);
    expect(canceled).toMatchObject({ status: 200, body: { status: 'canceled' } });
    // Nothing is charged again by itself in its place.
    await world.advance(180_000, 10_000);
    expect((await story.intents()).map(({ status }) => status)).toEqual(['canceled']);
    expect(await story.events('invoice.payment_failure')).toHaveLength(1);
    const voided = await world.request('POST', `/v1/invoices/${invoice.id}/void`);
    expect(voided).toMatchObject({ status: 200, body: { status: 'void', open_payment_id: null } });
  });

  const CANCEL = 'POST /v1/payment_intents/*/cancel';
  const cancel = () => world.request('POST', `/v1/payments/${String(invoice.open_payment_id)}/cancel`);

  test("a withdrawal whose answer was lost is our withdrawal, and not somebody else's", async () => {
    world.pushReaches = false;
    world.sandbox.faults.add({ kind: 'cut_after_commit', request: CANCEL, times: 1 });
    expect((await cancel()).status).toBe(202);
    await world.advance(3_000, 1_000);
    expect(await openPayment()).toMatchObject({
      status: 'canceled',
      failure: { code: 'authentication_required' },
    });
    expect(await now()).toMatchObject({ payment_status: 'failed', payment_status_reason: 'authentication_required' });
  });

  test('a withdrawal that Stripe refused leaves the attempt as it was, and can be asked for again', async () => {
    const error = { type: 'invalid_request_error', code: 'lock_held', message: 'Not now.' };
    world.sandbox.faults.add({ kind: 'status', status: 400, error, request: CANCEL, times: 1 });
    await cancel();
    expect(await openPayment()).toMatchObject({ status: 'requires_action' });
    expect(await story.events('invoice.payment_failure')).toEqual([]);
    expect(await cancel()).toMatchObject({ status: 200, body: { status: 'canceled' } });
  });

  test('canceled in Stripe by somebody, the invoice does not stay in hand for ever', async () => {
    const { stripe_payment_intent_id: intent } = await openPayment();
    await world.stripe(STRIPE_KEY).paymentIntents.cancel(String(intent));
    await world.quiet();
    expect(await now()).toMatchObject({
      payment_status: 'failed',
      payment_status_reason: 'payment_canceled',
      open_payment_id: null,
    });
    expect(await story.events('invoice.payment_failure')).toHaveLength(1);
    const paid = await world.request('POST', `/v1/invoices/${invoice.id}/pay`);
    expect(paid.status).toBe(200);
  });

  test('a link that nobody gave out shows nothing', async () => {
    const unknown = await world.request('GET', `/pay/${'A'.repeat(43)}`, undefined, { key: null });
    expect(unknown.status).toBe(404);
  });
});
