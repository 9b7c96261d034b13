import { listInvoicesLeft } from '@tollbridge/server/store/invoices';
import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { restrictedKey } from '../connection-story.js';
import { InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

const MINUTE = 60_000;

describe.each(testDatabases())('a pending invoice goes on when its reason is gone, on %s', (database) => {
  let world: World;
  let story: InvoiceStory;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    story = new InvoiceStory(world);
  });
  afterEach(() => world.close());

  async function switchConnection(id: string, enabled: boolean): Promise<void> {
    expect((await world.request('PATCH', `/v1/connections/${id}`, { enabled })).status).toBe(200);
  }

  test('with a key that may not read the account too', async () => {
    const connection = await world.connect(restrictedKey(world, 'sandbox_world', ['account_read']));
    expect(connection.card_payments).toBe('unknown');
    const customer = await story.customerWithCard('pm_card_visa');
    await switchConnection(connection.id, false);
    const invoice = await story.invoice(customer, 2000);
    expect(invoice).toMatchObject({ payment_status: 'pending', payment_status_reason: 'connection_not_enabled' });
    await switchConnection(connection.id, true);
    await world.advance(2 * MINUTE, MINUTE);
    expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ status: 'paid' });
  });

  test('one that an open dispute holds back is not looked at each minute before those that can be paid', async () => {
    const connection = await world.connect(STRIPE_KEY);
    const contesting = await story.customerWithCard('pm_card_createDispute', 'u_contesting');
    await story.invoice(contesting, 5000);
    const held = await story.invoice(contesting, 2000);
    expect(held).toMatchObject({ payment_status: 'pending', payment_status_reason: 'payment_disputed' });
    expect(await listInvoicesLeft(world.context.db, 1)).toEqual([]);

    const payer = await story.customerWithCard('pm_card_visa', 'u_payer');
    await switchConnection(connection.id, false);
    const invoice = await story.invoice(payer, 3000);
    await switchConnection(connection.id, true);
    expect(await listInvoicesLeft(world.context.db, 1)).toMatchObject([{ id: invoice.id }]);
  });
});
