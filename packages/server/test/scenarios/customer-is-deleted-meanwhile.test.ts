import { createInvoice } from '@tollbridge/server/actions/create-invoice';
import { type DeleteCustomerInput, deleteCustomer } from '@tollbridge/server/actions/delete-customer';
import { finalizeInvoiceAction } from '@tollbridge/server/actions/finalize-invoice';
import type { Command } from '@tollbridge/server/asked';
import type { Context } from '@tollbridge/server/context';
import { findEnvironment } from '@tollbridge/server/store/organizations';
import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvoiceStory } from '../invoice-story.js';

/** How often a deletion and an invoice run into each other: without the lock, a few meetings in ten left one behind. */
const MEETINGS = 12;

describe.each(testDatabases())('a customer is deleted while he is invoiced, on %s', (database) => {
  let world: World;
  let story: InvoiceStory;
  let customer: Body;

  beforeEach(async () => {
    world = await createWorld({ database });
    story = new InvoiceStory(world);
    customer = (await world.request('POST', '/v1/customers', { external_id: 'u_1', currency: 'eur' })).body;
  });
  afterEach(() => world.close());

  /** The world's context, where something happens once: after all was read and decided, right before the commit. */
  function contextWhereBeforeCommit(happens: () => Promise<unknown>): Context {
    const { db } = world.context;
    let isDue = true;
    const query: Context['db']['query'] = async (statement) => {
      if (isDue && statement.name?.startsWith('commit_')) {
        isDue = false;
        await happens();
      }
      return db.query(statement);
    };
    return { ...world.context, db: { ...db, query } };
  }

  async function command(): Promise<Command> {
    const [row] = await world.context.db.query({ text: 'select environment_id from customers limit 1' });
    const environment = await findEnvironment(world.context.db, row?.environment_id as string);
    if (environment === null) throw new Error('a customer is in an environment');
    return { environment, actor: { kind: 'system', id: null, address: null, requestId: null }, idempotency: null };
  }

  const deletion = (openInvoices: 'refuse' | 'keep' = 'refuse'): DeleteCustomerInput => ({
    id: String(customer.id),
    inStripe: 'keep',
    erase: false,
    openInvoices,
  });
  const deleteHim = () => world.request('DELETE', `/v1/customers/${customer.id}`);
  const draft = () => story.makeInvoice(customer, 1000, { finalize: false });
  const finalize = (invoice: Body) => world.request('POST', `/v1/invoices/${invoice.id}/finalize`);

  test.each([
    ['made', () => story.makeInvoice(customer, 1000)],
    ['finalized', async () => finalize(await draft())],
  ])('an invoice %s after they were counted forbids the deletion', async (_what, happens) => {
    const refused = await deleteCustomer(contextWhereBeforeCommit(happens), await command(), deletion());
    expect(refused).toMatchObject({ ok: false, error: { code: 'customer_has_open_invoices' } });
    expect(await story.get(`/v1/customers/${customer.id}`)).toMatchObject({ deleted_at: null });
  });

  test('whoever says that open invoices may stay is not held up by another', async () => {
    const context = contextWhereBeforeCommit(() => story.makeInvoice(customer, 1000));
    const deleted = await deleteCustomer(context, await command(), deletion('keep'));
    expect(deleted).toMatchObject({ ok: true, value: { body: { deleted_at: expect.any(String) } } });
  });

  test('no invoice is made for one who was deleted while it was decided', async () => {
    const input = {
      customerId: String(customer.id),
      legalEntityId: null,
      currency: 'eur',
      collectionMethod: 'charge_automatically',
      daysUntilDue: null,
      dueAt: null,
      description: null,
      metadata: {},
      lines: [],
      finalize: false,
    } as const;
    const made = await createInvoice(contextWhereBeforeCommit(deleteHim), await command(), input);
    expect(made).toMatchObject({ ok: false, error: { code: 'invoice_customer_unknown' } });
    expect((await story.get('/v1/invoices')).data).toEqual([]);
  });

  test('no draft is finalized of one who was deleted while it was decided, and none afterwards', async () => {
    const invoice = await draft();
    const context = contextWhereBeforeCommit(deleteHim);
    const finalized = await finalizeInvoiceAction(context, await command(), String(invoice.id));
    expect(finalized).toMatchObject({ ok: false, error: { code: 'invoice_customer_deleted' } });
    expect(await finalize(invoice)).toMatchObject({
      status: 409,
      body: { error: { code: 'invoice_customer_deleted' } },
    });
    expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ status: 'draft', number: null });
    expect((await world.request('DELETE', `/v1/invoices/${invoice.id}`)).status).toBe(200);
  });

  test('of a deletion and an invoice that meet, one is refused', async () => {
    for (let meeting = 0; meeting < MEETINGS; meeting++) {
      customer = (await world.request('POST', '/v1/customers', { external_id: `met_${meeting}` })).body;
      const lines = [{ description: 'Seats', unit_amount: 1000 }];
      const body = { customer_id: customer.id, currency: 'eur', finalize: true, lines };
      const replies = await Promise.all([
        world.request('POST', '/v1/invoices', body),
        deleteHim(),
        world.request('POST', '/v1/invoices', body),
      ]);
      const [first, deleted, second] = replies.map(({ status }) => status);
      const made = [first, second].filter((status) => status === 201).length;
      expect([deleted, made]).toEqual(deleted === 200 ? [200, 0] : [409, 2]);
    }
  });
});
