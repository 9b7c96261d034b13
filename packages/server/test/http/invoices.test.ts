import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOST_URL, InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

const LINE = { description: 'Seats', quantity: '2', unit_amount: '1500', tax_rate_percent: '19' };

describe.each(testDatabases())('/v1/invoices on %s', (database) => {
  let world: World;
  let story: InvoiceStory;
  let customer: Body;

  beforeAll(async () => {
    world = await createWorld({ database });
    story = new InvoiceStory(world);
    await world.connect(STRIPE_KEY);
    customer = await story.linkedCustomer();
  });
  afterAll(() => world.close());

  const create = (body: object = {}) =>
    world.request('POST', '/v1/invoices', { customer_id: customer.id, currency: 'eur', lines: [LINE], ...body });
  const act = (id: unknown, verb: string) => world.request('POST', `/v1/invoices/${String(id)}/${verb}`);

  describe('201 and 200', () => {
    test('a draft has its lines, their tax and their total', async () => {
      const draft = await create({ metadata: { order: '7' }, description: 'March' });
      expect(draft).toMatchObject({
        status: 201,
        body: {
          object: 'invoice',
          status: 'draft',
          number: null,
          subtotal: 3000,
          tax: 570,
          total: 3570,
          amount_due: 3570,
        },
      });
      const lines = await story.get(`/v1/invoices/${draft.body.id}/lines`);
      expect(lines.data).toMatchObject([{ quantity: '2', unit_amount: '1500', amount: 3000, tax: 570, net: 3000 }]);
    });

    test('a draft can be changed and deleted', async () => {
      const draft = await create();
      const changed = await world.request('PATCH', `/v1/invoices/${draft.body.id}`, {
        description: 'Better',
        lines: [{ ...LINE, quantity: 1, tax_behaviour: 'inclusive' }],
      });
      expect(changed).toMatchObject({
        status: 200,
        body: { description: 'Better', total: 1500, tax: 239, subtotal: 1261 },
      });
      const deleted = await world.request('DELETE', `/v1/invoices/${draft.body.id}`);
      expect(deleted).toMatchObject({ status: 200, body: { deleted: true } });
      expect((await world.request('GET', `/v1/invoices/${draft.body.id}`)).status).toBe(404);
    });

    test('INV-11: a finalized invoice keeps the issuer as it was', async () => {
      const entity = (await world.request('POST', '/v1/legal_entities', { name: 'Toll Ltd', number_prefix: 'TOLL' }))
        .body;
      const made = await create({ legal_entity_id: entity.id, finalize: true });
      await world.request('PATCH', `/v1/legal_entities/${entity.id}`, { name: 'Other Ltd' });
      const read = await story.get(`/v1/invoices/${made.body.id}`);
      expect(read).toMatchObject({ number: 'TOLL-000001', issuer: { name: 'Toll Ltd', legal_entity_id: entity.id } });
    });

    test('a sent invoice can be due at a fixed moment', async () => {
      const made = await create({ collection_method: 'send_invoice', due_at: '2027-04-30T22:00:00Z', finalize: true });
      expect(made).toMatchObject({ status: 201, body: { due_at: '2027-04-30T22:00:00.000Z', days_until_due: null } });
    });

    test('lists are filtered by customer and by both statuses', async () => {
      const other = await story.linkedCustomer('u_other');
      const own = await create({ customer_id: other.id });
      const listed = await story.get(`/v1/invoices?customer_id=${other.id}&status=draft&payment_status=pending`);
      expect(listed.data?.map((invoice: Body) => invoice.id)).toEqual([own.body.id]);
      expect((await story.get(`/v1/invoices?customer_id=${other.id}&status=paid`)).data).toEqual([]);
    });

    test('the same idempotency key makes one invoice', async () => {
      const body = { customer_id: customer.id, currency: 'eur', lines: [LINE] };
      const [first, second] = [
        await world.request('POST', '/v1/invoices', body, { idempotencyKey: 'once' }),
        await world.request('POST', '/v1/invoices', body, { idempotencyKey: 'once' }),
      ];
      expect(second.body.id).toBe(first.body.id);
    });

    test('an invoice that is written off can be voided afterwards', async () => {
      const made = await create({ collection_method: 'send_invoice', days_until_due: 7, finalize: true });
      expect(await act(made.body.id, 'mark_uncollectible')).toMatchObject({
        status: 200,
        body: { status: 'uncollectible' },
      });
      expect(await act(made.body.id, 'void')).toMatchObject({ status: 200, body: { status: 'void' } });
    });
  });

  describe('400', () => {
    test.each(['0000-01-01T00:00:00Z', '-000001-01-01T00:00:00Z', '0001-01-01T00:00:00Z', '+275760-09-13T00:00:00Z'])(
      'a moment of %s, wherever it stands',
      async (moment) => {
        const due = await create({ collection_method: 'send_invoice', due_at: moment });
        expect(due).toMatchObject({ status: 400, body: { error: { code: 'parameter_invalid', param: 'due_at' } } });
        const line = { ...LINE, period: { start: '2027-03-01T00:00:00Z', end: moment } };
        const error = { code: 'parameter_invalid', param: 'lines[0][period][end]' };
        expect(await create({ lines: [line] })).toMatchObject({ status: 400, body: { error } });
      },
    );

    test.each([
      ['an unknown field', { price: 1 }, 'parameter_unknown', 'price'],
      [
        'a quantity that is no number',
        { lines: [{ ...LINE, quantity: 'two' }] },
        'invoice_line_quantity_invalid',
        'lines[0][quantity]',
      ],
      [
        'a tax rate beyond 100',
        { lines: [{ ...LINE, tax_rate_percent: '101' }] },
        'invoice_line_tax_rate_invalid',
        'lines[0][tax_rate_percent]',
      ],
      [
        'a unit amount of 13 places',
        { lines: [{ ...LINE, unit_amount: '0.1234567890123' }] },
        'invoice_line_unit_amount_invalid',
        'lines[0][unit_amount]',
      ],
      ['a total below zero', { lines: [{ ...LINE, unit_amount: '-1' }] }, 'invoice_total_negative', 'lines'],
      ['a currency that is none', { currency: 'xxx' }, 'invoice_currency_unknown', 'currency'],
      ['terms without days', { collection_method: 'send_invoice' }, 'invoice_terms_invalid', 'days_until_due'],
      ['days without terms', { days_until_due: 7 }, 'invoice_terms_invalid', 'days_until_due'],
      ['an unknown customer', { customer_id: 'cus_none' }, 'invoice_customer_unknown', 'customer_id'],
      ['an unknown issuer', { legal_entity_id: 'le_none' }, 'legal_entity_unknown', 'legal_entity_id'],
      [
        'a period that ends before it starts',
        { lines: [{ ...LINE, period: { start: '2027-02-01T00:00:00Z', end: '2027-01-01T00:00:00Z' } }] },
        'invoice_line_period_invalid',
        'lines[0][period]',
      ],
    ])('%s is refused by name', async (_what, body, code, param) => {
      const refused = await create(body);
      expect(refused).toMatchObject({ status: 400, body: { error: { code, param } } });
    });
  });

  describe('401, 403 and 404', () => {
    test('without a key nothing is told', async () => {
      expect((await world.request('GET', '/v1/invoices', undefined, { key: null })).status).toBe(401);
    });

    test('ids of another environment are as unknown as ids that never were', async () => {
      const other = await world.request('POST', '/v1/environments', { name: 'Second' });
      const key = String(other.body.secret_key);
      const draft = await create();
      for (const [method, path] of [
        ['GET', ''],
        ['GET', '/lines'],
        ['GET', '/payment_link'],
        ['POST', '/finalize'],
        ['POST', '/void'],
        ['POST', '/pay'],
        ['POST', '/mark_uncollectible'],
        ['DELETE', ''],
      ] as const) {
        const reply = await world.request(method, `/v1/invoices/${draft.body.id}${path}`, undefined, { key });
        expect([method, path, reply.status]).toEqual([method, path, 404]);
      }
    });
  });

  describe('409', () => {
    test('an invoice is finalized once', async () => {
      const draft = await create({ collection_method: 'send_invoice', days_until_due: 0 });
      expect((await act(draft.body.id, 'finalize')).status).toBe(200);
      expect(await act(draft.body.id, 'finalize')).toMatchObject({
        status: 409,
        body: { error: { code: 'invoice_not_draft' } },
      });
    });

    test('a draft without lines is not finalized, and takes no number', async () => {
      const draft = await create({ lines: [] });
      expect(await act(draft.body.id, 'finalize')).toMatchObject({ body: { error: { code: 'invoice_has_no_lines' } } });
    });

    test.each(['pay', 'void', 'mark_uncollectible'])('a draft refuses %s', async (verb) => {
      const draft = await create();
      expect((await act(draft.body.id, verb)).status).toBe(409);
    });

    test('a finalized invoice is neither changed nor deleted', async () => {
      const made = await create({ collection_method: 'send_invoice', days_until_due: 0, finalize: true });
      const path = `/v1/invoices/${made.body.id}`;
      expect(await world.request('PATCH', path, { description: 'x' })).toMatchObject({ status: 409 });
      expect(await world.request('DELETE', path)).toMatchObject({ status: 409 });
    });

    test('a customer without a twin cannot be charged now, and the reason is told', async () => {
      const alone = (await world.request('POST', '/v1/customers', { external_id: 'u_alone' })).body;
      const made = await create({ customer_id: alone.id, finalize: true });
      await world.quiet();
      const refused = await act(made.body.id, 'pay');
      expect(refused).toMatchObject({
        status: 409,
        body: { error: { code: 'payment_not_possible', details: { reason: 'customer_not_linked' } } },
      });
      const page = await world.request('POST', `/v1/invoices/${made.body.id}/payment_session`, {
        return_url: HOST_URL,
      });
      expect(page.status).not.toBe(500);
    });

    test('a payment that waits for nobody is neither confirmed nor withdrawn', async () => {
      await story.leaveCard(customer, 'pm_card_visa');
      const paid = await story.invoice(customer, 1500);
      const [payment] = await story.payments(paid);
      const path = `/v1/payments/${payment?.id}`;
      expect(await world.request('POST', `${path}/cancel`)).toMatchObject({
        status: 409,
        body: { error: { code: 'payment_not_cancelable' } },
      });
      expect(await world.request('POST', `${path}/confirm_on_session`, { return_url: HOST_URL })).toMatchObject({
        status: 409,
        body: { error: { code: 'payment_not_waiting_for_payer' } },
      });
    });
  });
});
