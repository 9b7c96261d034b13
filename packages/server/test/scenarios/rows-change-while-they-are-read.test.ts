import { loadCollection } from '@tollbridge/server/collection/load-collection';
import type { Context } from '@tollbridge/server/context';
import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOST_URL, InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

describe.each(testDatabases())('rows change while they are read, on %s', (database) => {
  let world: World;
  let story: InvoiceStory;

  beforeEach(async () => {
    world = await createWorld({ database });
    story = new InvoiceStory(world);
    await world.connect(STRIPE_KEY);
  });
  afterEach(() => world.close());

  /** The world's context, where something happens once right before the attempts of an invoice are read. */
  function contextWith(happens: () => Promise<unknown>): Context {
    const { db } = world.context;
    let isDue = true;
    const query: Context['db']['query'] = async (statement) => {
      if (isDue && statement.name === 'list_payments_of_invoice') {
        isDue = false;
        await happens();
      }
      return db.query(statement);
    };
    return { ...world.context, db: { ...db, query } };
  }

  test('an attempt that ends between two reads is never seen as the open one that is over', async () => {
    const customer = await story.linkedCustomer();
    const invoice = await story.invoice(customer, 1500, { collection_method: 'send_invoice', days_until_due: 14 });
    const page = await world.request('POST', `/v1/invoices/${invoice.id}/payment_session`, { return_url: HOST_URL });
    const cancel = () => world.request('POST', `/v1/payments/${page.body.id}/cancel`, {});
    const { environment_id: environmentId } = await environmentOf();
    const loaded = await loadCollection(contextWith(cancel), environmentId, invoice.id);
    expect(loaded?.payments).toMatchObject([{ status: 'canceled' }]);
    expect(loaded?.invoice.openPaymentId).toBeNull();
  });

  async function environmentOf(): Promise<{ environment_id: string }> {
    const [row] = await world.context.db.query({ text: 'select environment_id from invoices limit 1' });
    return { environment_id: row?.environment_id as string };
  }
});
