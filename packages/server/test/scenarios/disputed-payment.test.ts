import { checkLedger } from '@tollbridge/server/store/ledger-check';
import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

describe.each(testDatabases())('a payer contests a payment, on %s', (database) => {
  let world: World;
  let story: InvoiceStory;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    story = new InvoiceStory(world);
    await world.connect(STRIPE_KEY);
  });
  afterEach(() => world.close());

  test('INV-8: while it is not decided he is not charged by himself; asked for, he is; decided, he is again', async () => {
    const customer = await story.customerWithCard('pm_card_createDispute');
    const first = await story.invoice(customer, 5000);
    expect(first).toMatchObject({ status: 'paid' });
    await world.quiet();
    const [dispute] = (await story.get(`/v1/disputes?invoice_id=${first.id}`)).data ?? [];
    expect(dispute).toMatchObject({ status: 'needs_response', outcome: null });
    expect(await story.events('dispute.created')).toHaveLength(1);

    await story.leaveCard(customer, 'pm_card_visa');
    const second = await story.invoice(customer, 2000);
    expect(second).toMatchObject({ payment_status: 'pending', payment_status_reason: 'payment_disputed' });
    const third = await story.invoice(customer, 3000);
    const asked = await world.request('POST', `/v1/invoices/${third.id}/pay`);
    expect(asked).toMatchObject({ status: 200, body: { status: 'paid' } });

    await world.stripe(STRIPE_KEY).disputes.close(String(dispute?.stripe_dispute_id));
    await world.advance(10 * 60_000, 60_000);
    expect(await story.events('dispute.closed')).toHaveLength(1);
    expect(await story.get(`/v1/invoices/${second.id}`)).toMatchObject({ status: 'paid' });
    expect(await checkLedger(world.context.db, null)).toEqual([]);
  });
});
