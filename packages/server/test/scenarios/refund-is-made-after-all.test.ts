import { checkLedger } from '@tollbridge/server/store/ledger-check';
import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvoiceStory, STRIPE_KEY } from '../invoice-story.js';
import { arrivesLate } from '../late-network.js';

/** Later than any call is waited for. */
const LATE_MILLISECONDS = 150_000;
/** As long as it takes until calls are thought to have ended, and the refund is refused once more. */
const CLOSED_MILLISECONDS = 90_000;

describe.each(testDatabases())(
  'a refund that was closed as refused is made at Stripe all the same, on %s',
  (database) => {
    let world: World;
    let story: InvoiceStory;
    let invoice: Body;

    beforeEach(async () => {
      world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
      story = new InvoiceStory(world);
      await world.connect(STRIPE_KEY);
    });
    afterEach(() => world.close());

    /** Its first call is on its way for long, and what is sent in its place is refused. */
    async function refusedMeanwhile(card: string, ask: () => Promise<unknown>): Promise<Body> {
      invoice = await story.invoice(await story.customerWithCard(card), 5000);
      arrivesLate(world, { method: 'POST', path: '/v1/refunds', lateMilliseconds: LATE_MILLISECONDS });
      const error = { type: 'invalid_request_error', code: 'resource_missing', message: 'No such payment_intent' };
      world.sandbox.faults.add({ kind: 'status', status: 404, error, request: 'POST /v1/refunds', times: 2 });
      await ask();
      await world.advance(CLOSED_MILLISECONDS, 5_000);
      const [refund] = await refunds();
      expect(refund).toMatchObject({ status: 'failed', stripe_refund_id: null });
      expect(await now()).toMatchObject({ amount_refunded: 0 });
      await expectBooksToHold();
      return refund;
    }
    const arrived = () => world.advance(LATE_MILLISECONDS - CLOSED_MILLISECONDS + 5_000, 5_000);
    const refunds = async (): Promise<Body[]> => (await story.get(`/v1/refunds?invoice_id=${invoice.id}`)).data ?? [];
    const now = () => story.get(`/v1/invoices/${invoice.id}`);
    const toldOf = async (refund: Body) =>
      (await story.events('refund.created', 'refund.succeeded', 'refund.failed', 'refund.reopened'))
        .filter(({ data }) => data.object.id === refund.id)
        .map(({ type, data }) => `${type} ${data.object.status}`);
    const expectBooksToHold = async () => expect(await checkLedger(world.context.db, null)).toEqual([]);
    const part = () => world.request('POST', '/v1/refunds', { invoice_id: invoice.id, amount: 2000 });

    test('it is opened again, its money counts as given back, and the host is told', async () => {
      const refund = await refusedMeanwhile('pm_card_visa', part);
      await arrived();
      const [atStripe, ...others] = (await world.stripe(STRIPE_KEY).refunds.list()).data;
      expect(others).toEqual([]);
      expect(await refunds()).toMatchObject([
        { id: refund.id, status: 'succeeded', stripe_refund_id: atStripe?.id, failure: null, failed_at: null },
      ]);
      expect(await now()).toMatchObject({ amount_refunded: 2000 });
      expect((await story.payments(invoice))[0]).toMatchObject({ amount_refunded: 2000 });
      expect(await toldOf(refund)).toEqual([
        'refund.created pending',
        'refund.failed failed',
        'refund.reopened succeeded',
        'refund.succeeded succeeded',
      ]);
      await world.advance(60_000, 20_000);
      await expectBooksToHold();
    });

    test('one that the bank takes its time for is pending again, and ends as Stripe says', async () => {
      const refund = await refusedMeanwhile('pm_card_pendingRefund', part);
      await arrived();
      expect(await refunds()).toMatchObject([{ id: refund.id, status: 'pending' }]);
      await expectBooksToHold();
      await world.advance(10 * 60_000, 30_000);
      expect(await refunds()).toMatchObject([{ id: refund.id, status: 'succeeded' }]);
      await expectBooksToHold();
    });

    test('one that comes back from the bank has failed twice, and the books say so', async () => {
      const refund = await refusedMeanwhile('pm_card_refundFail', part);
      await arrived();
      expect(await refunds()).toMatchObject([{ status: 'succeeded' }]);
      await world.advance(10 * 60_000, 30_000);
      expect(await refunds()).toMatchObject([{ id: refund.id, status: 'failed' }]);
      expect(await now()).toMatchObject({ amount_refunded: 0 });
      await expectBooksToHold();
    });

    test('what a credit note had kept as credit meanwhile is paid out and no credit any more', async () => {
      await refusedMeanwhile('pm_card_visa', () =>
        world.request('POST', `/v1/invoices/${invoice.id}/credit_notes`, { reason: 'order_change', amount: 2000 }),
      );
      const note = async () => (await story.get(`/v1/credit_notes?invoice_id=${invoice.id}`)).data?.[0];
      expect(await note()).toMatchObject({ amount_refunded: 0, amount_credited: 2000 });
      await arrived();
      expect(await note()).toMatchObject({ amount_refunded: 2000, amount_credited: 0 });
      expect(await now()).toMatchObject({ amount_refunded: 2000 });
      await expectBooksToHold();
    });

    test('a refund that somebody makes with its copied stamp, over another amount, is another', async () => {
      const refund = await refusedMeanwhile('pm_card_visa', part);
      const [payment] = await story.payments(invoice);
      const environment = (await world.context.db.query({ text: 'select environment_id from refunds' }))[0];
      await world.stripe(STRIPE_KEY).refunds.create({
        payment_intent: String(payment?.stripe_payment_intent_id),
        amount: 700,
        metadata: { tollbridge_refund: refund.id, tollbridge_environment: String(environment?.environment_id) },
      });
      await world.quiet();
      expect(await refunds()).toMatchObject([
        { amount: 700, origin: 'stripe' },
        { id: refund.id, amount: 2000, origin: 'asked', status: 'failed' },
      ]);
      await arrived();
      expect(await now()).toMatchObject({ amount_refunded: 2700 });
      await expectBooksToHold();
    });
  },
);
