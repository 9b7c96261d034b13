import { finalizeInvoiceAction } from '@tollbridge/server/actions/finalize-invoice';
import { openPaymentSession } from '@tollbridge/server/actions/open-payment-session';
import type { Command } from '@tollbridge/server/asked';
import type { Context } from '@tollbridge/server/context';
import { findEnvironment } from '@tollbridge/server/store/organizations';
import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOST_URL, InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

describe.each(testDatabases())('rows that change while they are read are read again, on %s', (database) => {
  let world: World;
  let story: InvoiceStory;

  beforeEach(async () => {
    world = await createWorld({ database });
    story = new InvoiceStory(world);
    await world.connect(STRIPE_KEY);
  });
  afterEach(() => world.close());

  /** The world's context, where something happens once, right before this statement. */
  function contextWith(statementName: string, happens: () => Promise<unknown>): Context {
    const { db } = world.context;
    let isDue = true;
    const query: Context['db']['query'] = async (statement) => {
      if (isDue && statement.name === statementName) {
        isDue = false;
        await happens();
      }
      return db.query(statement);
    };
    return { ...world.context, db: { ...db, query } };
  }

  async function command(): Promise<Command> {
    const [row] = await world.context.db.query({ text: 'select environment_id from invoices limit 1' });
    const environment = await findEnvironment(world.context.db, row?.environment_id as string);
    if (environment === null) throw new Error('an invoice is in an environment');
    return { environment, actor: { kind: 'system', id: null, address: null, requestId: null }, idempotency: null };
  }

  test('a page is opened although the attempt before it ends in the middle', async () => {
    const customer = await story.linkedCustomer();
    const invoice = await story.invoice(customer, 1500, { collection_method: 'send_invoice', days_until_due: 14 });
    const page = await world.request('POST', `/v1/invoices/${invoice.id}/payment_session`, { return_url: HOST_URL });
    const cancel = () => world.request('POST', `/v1/payments/${page.body.id}/cancel`, {});
    const context = contextWith('list_payments_of_invoice', cancel);
    const input = { invoiceId: String(invoice.id), returnUrl: HOST_URL, cancelUrl: null };
    const opened = await openPaymentSession(context, await command(), input);
    expect(opened).toMatchObject({ ok: true, value: { status: 201, body: { status: 'awaiting_payer' } } });
    expect(await story.payments(invoice)).toMatchObject([{ status: 'awaiting_payer' }, { status: 'canceled' }]);
  });

  test('a draft edited in the middle of its finalization is finalized as it was edited', async () => {
    const customer = await story.linkedCustomer();
    const draft = await story.makeInvoice(customer, 1500, { finalize: false });
    const edit = () =>
      world.request('PATCH', `/v1/invoices/${draft.id}`, { lines: [{ description: 'Seats', unit_amount: 700 }] });
    const context = contextWith('list_invoice_lines', edit);
    const finalized = await finalizeInvoiceAction(context, await command(), String(draft.id));
    expect(finalized).toMatchObject({ ok: true, value: { body: { status: 'finalized', total: 700 } } });
  });
});
