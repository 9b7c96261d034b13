import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOST_URL, InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

describe.each(testDatabases())('/v1/payments on %s', (database) => {
  let world: World;
  let story: InvoiceStory;
  let customer: Body;
  let invoice: Body;

  beforeAll(async () => {
    world = await createWorld({ database });
    story = new InvoiceStory(world);
    await world.connect(STRIPE_KEY);
    customer = await story.linkedCustomer();
    invoice = await story.invoice(customer, 1500, { collection_method: 'send_invoice', days_until_due: 7 });
  });
  afterAll(() => world.close());

  const openPage = (key?: string) =>
    world.request(
      'POST',
      `/v1/invoices/${invoice.id}/payment_session`,
      { return_url: HOST_URL },
      key === undefined ? {} : { idempotencyKey: key },
    );

  test('201: the same request under the same key gives the same page', async () => {
    const [first, second] = [await openPage('page'), await openPage('page')];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
  });

  test('200: lists are filtered by invoice, customer and status', async () => {
    const page = await openPage();
    const listed = await story.get(
      `/v1/payments?customer_id=${customer.id}&invoice_id=${invoice.id}&status=awaiting_payer`,
    );
    expect(listed.data?.map((payment: Body) => payment.id)).toEqual([page.body.id]);
    expect((await story.get('/v1/payments?status=failed')).data).toEqual([]);
    expect(await story.get(`/v1/payments/${page.body.id}`)).toMatchObject({ object: 'payment', kind: 'hosted' });
  });

  test.each([
    ['no address', {}, 'return_url'],
    ['an address that no browser opens', { return_url: 'javascript:alert(1)' }, 'return_url'],
    ['a field that is none', { return_url: HOST_URL, amount: 1 }, 'amount'],
  ])('400: a confirmation with %s is refused', async (_what, body, param) => {
    const refused = await world.request('POST', '/v1/payments/pay_none/confirm_on_session', body);
    expect(refused).toMatchObject({ status: 400, body: { error: { param } } });
  });

  test('401: without a key nothing is told', async () => {
    expect((await world.request('GET', '/v1/payments', undefined, { key: null })).status).toBe(401);
  });

  test('404: an attempt of another environment is as unknown as one that never was', async () => {
    const other = await world.request('POST', '/v1/environments', { name: 'Second' });
    const options = { key: String(other.body.secret_key) };
    const { id } = (await openPage()).body;
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['POST', '/cancel', undefined],
      ['POST', '/confirm_on_session', { return_url: HOST_URL }],
    ] as const) {
      expect((await world.request(method, `/v1/payments/${id}${path}`, body, options)).status).toBe(404);
    }
  });

  test('INV-2, INV-7: 409: beside an open page there is no second attempt, by page or by charge', async () => {
    await openPage();
    const other = await world.request('POST', `/v1/invoices/${invoice.id}/payment_session`, {
      return_url: 'https://elsewhere.example',
    });
    expect(other).toMatchObject({ status: 409, body: { error: { code: 'payment_under_way' } } });
    const charged = await world.request('POST', `/v1/invoices/${invoice.id}/pay`);
    expect(charged).toMatchObject({ status: 409, body: { error: { code: 'payment_under_way' } } });
    expect(await world.request('POST', `/v1/invoices/${invoice.id}/void`)).toMatchObject({ status: 409 });
  });

  test('200: of why an attempt failed no e-mail address and no part of a key is shown, whatever an older version stored', async () => {
    const declined = await story.invoice(await story.customerWithCard('pm_card_chargeCustomerFail', 'u_declined'), 900);
    const said = 'Declined for ada@example.com (sk_test_51Hx****wxyz)';
    for (const [table, column] of [
      ['payments', 'failure'],
      ['invoices', 'last_payment_error'],
    ])
      await world.context.db.query({
        text: `update ${table} set ${column} = ${column} || jsonb_build_object('message', $1::text) where ${column} is not null`,
        values: [said],
      });
    const shown = { code: 'card_declined', message: 'Declined for [e-mail] (sk_test_…)' };
    const [payment] = await story.payments(declined);
    expect(payment).toMatchObject({ failure: shown });
    expect(await story.get(`/v1/invoices/${declined.id}`)).toMatchObject({ last_payment_error: shown });
    const { url } = await story.get(`/v1/invoices/${declined.id}/payment_link`);
    const page = await world.request('GET', new URL(String(url)).pathname, undefined, { key: null });
    expect(page.body.text).toContain(shown.message);
  });
});
