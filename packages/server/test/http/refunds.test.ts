import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

const UNKNOWN = {
  payment: 'pay_000000000000000000000000',
  invoice: 'inv_000000000000000000000000',
  refund: 'ref_000000000000000000000000',
};

describe.each(testDatabases())('/v1/refunds, credit notes, offline payments and disputes on %s', (database) => {
  let world: World;
  let story: InvoiceStory;

  let customers = 0;

  beforeAll(async () => {
    world = await createWorld({ database });
    story = new InvoiceStory(world);
    await world.connect(STRIPE_KEY);
  });
  afterAll(() => world.close());

  const codeOf = (body: Body) => body.error?.code;
  const newName = (): string => {
    customers += 1;
    return `u_${customers}`;
  };
  const paidInvoice = async (): Promise<Body> =>
    story.invoice(await story.customerWithCard('pm_card_visa', newName()), 5000);
  const openInvoice = async (): Promise<Body> => {
    const customer = await world.request('POST', '/v1/customers', { external_id: newName() });
    return story.invoice(customer.body, 5000, { collection_method: 'send_invoice', days_until_due: 14 });
  };

  describe('200 and 201', () => {
    test('a refund is answered, read, listed, told and audited in one shape', async () => {
      const invoice = await paidInvoice();
      const made = await world.request('POST', '/v1/refunds', {
        invoice_id: invoice.id,
        amount: 100,
        reason: 'duplicate',
        metadata: { ticket: '7' },
      });
      expect(made).toMatchObject({
        status: 201,
        body: { object: 'refund', status: 'succeeded', amount: 100, reason: 'duplicate', metadata: { ticket: '7' } },
      });
      expect(await story.get(`/v1/refunds/${made.body.id}`)).toEqual(made.body);
      expect((await story.get(`/v1/refunds?invoice_id=${invoice.id}&status=succeeded`)).data).toEqual([made.body]);
      expect((await story.get(`/v1/refunds?invoice_id=${invoice.id}&status=failed`)).data).toEqual([]);
      const told = await story.events('refund.created', 'refund.succeeded');
      expect(told.filter((event) => event.object_id === made.body.id).map((event) => event.data?.object)).toMatchObject(
        [
          { id: made.body.id, status: 'pending' },
          { id: made.body.id, status: 'succeeded' },
        ],
      );
      const audit = (await story.get('/v1/audit_entries?limit=100')).data ?? [];
      expect(audit.some((entry: Body) => entry.action === 'refund.created' && entry.object_id === made.body.id)).toBe(
        true,
      );
    });

    test('the same request under the same key gives money back once and gets the same answer', async () => {
      const invoice = await paidInvoice();
      const ask = () =>
        world.request('POST', '/v1/refunds', { invoice_id: invoice.id, amount: 100 }, { idempotencyKey: 'k_1' });
      const [first, second] = [await ask(), await ask()];
      expect(second.body).toEqual(first.body);
      expect((await story.get(`/v1/refunds?invoice_id=${invoice.id}`)).data).toHaveLength(1);
    });

    test('a credit note is answered, read and listed in one shape', async () => {
      const invoice = await openInvoice();
      const made = await world.request('POST', `/v1/invoices/${invoice.id}/credit_notes`, {
        reason: 'order_change',
        memo: 'One seat less',
      });
      expect(made).toMatchObject({
        status: 201,
        body: { object: 'credit_note', total: 5000, reason: 'order_change', memo: 'One seat less' },
      });
      expect(made.body.lines).toHaveLength(1);
      expect(await story.get(`/v1/credit_notes/${made.body.id}`)).toEqual(made.body);
      expect((await story.get(`/v1/credit_notes?invoice_id=${invoice.id}`)).data).toEqual([made.body]);
      expect((await story.events('credit_note.issued')).at(-1)).toMatchObject({ object_id: made.body.id });
    });

    test('an amount is credited without naming lines', async () => {
      const invoice = await openInvoice();
      const path = `/v1/invoices/${invoice.id}/credit_notes`;
      expect(await world.request('POST', path, { amount: 1200 })).toMatchObject({ status: 201, body: { total: 1200 } });
      expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ amount_due: 3800, amount_credited: 1200 });
      const tooMuch = await world.request('POST', path, { amount: 3801 });
      expect(tooMuch).toMatchObject({ status: 409, body: { error: { details: { creditable: 3800 } } } });
      const both = await world.request('POST', path, { amount: 1, lines: [{ invoice_line_id: 'x' }] });
      expect(both).toMatchObject({ status: 400, body: { error: { code: 'parameter_invalid', param: 'amount' } } });
    });

    test('the books are shown by account and by transaction, and checked', async () => {
      const invoice = await paidInvoice();
      const owner = String(invoice.customer_id);
      const balances = (await story.get(`/v1/ledger/balances?owner_id=${owner}`)).data ?? [];
      expect(balances).toMatchObject([{ account: 'receivable', currency: 'eur', balance: '0', normal_side: 'debit' }]);
      const transactions = await story.get(`/v1/ledger/transactions?owner_id=${owner}&limit=1`);
      expect(transactions).toMatchObject({ has_more: true, data: [{ kind: 'payment_succeeded' }] });
      const [latest] = transactions.data ?? [];
      expect(latest?.entries?.map((entry: Body) => entry.amount)).toEqual(['5000', '-5000']);
      const earlier = `/v1/ledger/transactions?owner_id=${owner}&starting_after=${latest?.id}`;
      expect((await story.get(earlier)).data).toMatchObject([
        { kind: 'invoice_finalized', source: { id: invoice.id } },
      ]);
      expect(await story.get('/v1/ledger/check')).toMatchObject({ holds: true, violations: [] });
    });
  });

  describe('400', () => {
    test.each<[string, object, string, string]>([
      ['neither a payment nor an invoice', {}, 'parameter_invalid', 'payment_id'],
      ['both', { payment_id: 'a', invoice_id: 'b' }, 'parameter_invalid', 'payment_id'],
      ['an amount of nothing', { payment_id: 'a', amount: 0 }, 'parameter_invalid', 'amount'],
      ['half a cent', { payment_id: 'a', amount: 0.5 }, 'parameter_invalid', 'amount'],
      ['an amount as text', { payment_id: 'a', amount: '100' }, 'parameter_invalid', 'amount'],
      ['a reason of our own', { payment_id: 'a', reason: 'overpayment' }, 'parameter_invalid', 'reason'],
      ['an unknown field', { payment_id: 'a', currency: 'eur' }, 'parameter_unknown', 'currency'],
    ])('a refund with %s', async (_name, body, code, param) => {
      const reply = await world.request('POST', '/v1/refunds', body);
      expect(reply).toMatchObject({ status: 400, body: { error: { code, param } } });
    });

    test('a credit note for a line that the invoice does not have, or has once', async () => {
      const invoice = await openInvoice();
      const [line] = (await story.get(`/v1/invoices/${invoice.id}/lines`)).data ?? [];
      const path = `/v1/invoices/${invoice.id}/credit_notes`;
      const unknown = await world.request('POST', path, { lines: [{ invoice_line_id: 'il_x' }] });
      expect(unknown).toMatchObject({
        status: 400,
        body: { error: { code: 'credit_note_line_unknown', param: 'lines[0][invoice_line_id]' } },
      });
      const twice = [{ invoice_line_id: line?.id, amount: 1 }, { invoice_line_id: line?.id }];
      const reply = await world.request('POST', path, { lines: twice });
      expect([reply.status, codeOf(reply.body)]).toEqual([400, 'credit_note_line_twice']);
    });

    test('cursors that name nothing', async () => {
      for (const list of ['refunds', 'credit_notes', 'disputes', 'ledger/transactions']) {
        const reply = await world.request('GET', `/v1/${list}?starting_after=nothing`);
        expect([reply.status, codeOf(reply.body)]).toEqual([400, 'cursor_unknown']);
      }
    });
  });

  describe('401 and 403', () => {
    test('without a key nothing is shown or given back', async () => {
      for (const [method, path] of [
        ['POST', '/v1/refunds'],
        ['GET', '/v1/refunds'],
        ['GET', '/v1/ledger/check'],
        ['GET', '/v1/disputes'],
      ] as const) {
        const reply = await world.request(method, path, method === 'POST' ? {} : undefined, { key: null });
        expect([reply.status, codeOf(reply.body)]).toEqual([401, 'api_key_missing']);
      }
    });

    test('a key that may only read gives nothing back', async () => {
      const key = await world.request('POST', '/v1/api_keys', { name: 'reader', scopes: ['read'] });
      const options = { key: String(key.body.secret) };
      const reply = await world.request('POST', '/v1/refunds', { payment_id: UNKNOWN.payment }, options);
      expect([reply.status, codeOf(reply.body)]).toEqual([403, 'scope_missing']);
    });
  });

  describe('404', () => {
    test('what is not there, or is in another environment, is not found', async () => {
      const invoice = await paidInvoice();
      const refund = await world.request('POST', '/v1/refunds', { invoice_id: invoice.id, amount: 1 });
      const elsewhere = await world.request('POST', '/v1/environments', { name: 'Elsewhere' });
      const key = String(elsewhere.body.secret_key);
      const asks: [string, string, object | undefined][] = [
        ['POST', '/v1/refunds', { payment_id: refund.body.payment_id }],
        ['POST', '/v1/refunds', { invoice_id: invoice.id }],
        ['POST', `/v1/invoices/${invoice.id}/credit_notes`, {}],
        ['POST', `/v1/invoices/${invoice.id}/offline_payments`, {}],
        ['GET', `/v1/refunds/${refund.body.id}`, undefined],
      ];
      for (const [method, path, body] of asks) {
        const reply = await world.request(method, path, body, { key });
        expect([path, reply.status, codeOf(reply.body)]).toEqual([path, 404, 'not_found']);
      }
      const nothing = await world.request('POST', '/v1/refunds', { invoice_id: UNKNOWN.invoice });
      expect(nothing).toMatchObject({ status: 404, body: { error: { param: 'invoice_id' } } });
      for (const path of [`/v1/refunds/${UNKNOWN.refund}`, '/v1/credit_notes/cn_x', '/v1/disputes/dis_x'])
        expect((await world.request('GET', path)).status).toBe(404);
      const theirs = await world.request('GET', '/v1/ledger/transactions', undefined, { key });
      expect(theirs.body.data).toEqual([]);
    });
  });

  describe('409', () => {
    test('a refused refund changes nothing', async () => {
      const invoice = await paidInvoice();
      const reply = await world.request('POST', '/v1/refunds', { invoice_id: invoice.id, amount: 5001 });
      expect(reply).toMatchObject({
        status: 409,
        body: { error: { code: 'refund_amount_too_large', param: 'amount', details: { refundable: 5000 } } },
      });
      expect((await story.get(`/v1/refunds?invoice_id=${invoice.id}`)).data).toEqual([]);
      expect(await story.get(`/v1/invoices/${invoice.id}`)).toEqual(invoice);
    });

    test('an invoice that nobody paid has nothing to give back, and a draft takes neither credit nor money', async () => {
      const invoice = await openInvoice();
      const refund = await world.request('POST', '/v1/refunds', { invoice_id: invoice.id });
      expect([refund.status, codeOf(refund.body)]).toEqual([409, 'refund_nothing_left']);
      const draft = await story.makeInvoice({ id: invoice.customer_id } as Body, 100, { finalize: false });
      const note = await world.request('POST', `/v1/invoices/${draft.id}/credit_notes`, {});
      expect([note.status, codeOf(note.body)]).toEqual([409, 'credit_note_invoice_not_creditable']);
      const money = await world.request('POST', `/v1/invoices/${draft.id}/offline_payments`, {});
      expect([money.status, codeOf(money.body)]).toEqual([409, 'offline_payment_invoice_not_open']);
    });

    test('an invoice paid partly by transfer is refunded as far as the card paid', async () => {
      const customer = await story.customerWithCard('pm_card_visa', newName());
      const invoice = await story.invoice(customer, 5000, { collection_method: 'send_invoice', days_until_due: 14 });
      await world.request('POST', `/v1/invoices/${invoice.id}/offline_payments`, { amount: 2000 });
      await world.request('POST', `/v1/invoices/${invoice.id}/pay`);
      const tooMuch = await world.request('POST', '/v1/refunds', { invoice_id: invoice.id, amount: 3001 });
      expect([tooMuch.status, codeOf(tooMuch.body)]).toEqual([409, 'refund_amount_too_large']);
      const note = await world.request('POST', `/v1/invoices/${invoice.id}/credit_notes`, {});
      expect(note).toMatchObject({
        status: 409,
        body: { error: { code: 'credit_note_not_refundable', details: { refundable: 3000 } } },
      });
      const all = await world.request('POST', '/v1/refunds', { invoice_id: invoice.id });
      expect(all).toMatchObject({ status: 201, body: { amount: 3000 } });
    });

    test('a key used for another refund', async () => {
      const invoice = await paidInvoice();
      const options = { idempotencyKey: 'k_1' };
      await world.request('POST', '/v1/refunds', { invoice_id: invoice.id, amount: 1 }, options);
      const other = await world.request('POST', '/v1/refunds', { invoice_id: invoice.id, amount: 2 }, options);
      expect([other.status, codeOf(other.body)]).toEqual([409, 'idempotency_key_reused']);
    });
  });

  test('books that somebody tampered with are found out, with what is wrong', async () => {
    const invoice = await paidInvoice();
    await world.context.db.query({
      text: `
insert into ledger_entries (environment_id, transaction_id, position, account, owner_id, amount_minor, currency)
select environment_id, transaction_id, 99, account, owner_id, 1, currency
from ledger_entries
where owner_id = $1
  and amount_minor < 0`,
      values: [invoice.customer_id],
    });
    const check = await story.get('/v1/ledger/check');
    expect(check.holds).toBe(false);
    expect(check.violations).toMatchObject([
      { identity: 'receivable', subject_id: invoice.customer_id, expected: '0', actual: '1' },
      { identity: 'transactions_balance', expected: '0', actual: '1' },
    ]);
  });
});
