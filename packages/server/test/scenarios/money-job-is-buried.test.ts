import { checkLedger } from '@tollbridge/server/store/ledger-check';
import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deadKinds, dies, untilNetsHavePassed, WAYS_TO_DIE } from '../buried-job.js';
import { HOST_URL, InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

const CREATE = 'POST /v1/payment_intents';

describe.each(testDatabases())('a job about money is buried, on %s', (database) => {
  let world: World;
  let story: InvoiceStory;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    story = new InvoiceStory(world);
    await world.connect(STRIPE_KEY);
  });
  afterEach(() => world.close());

  const paymentOf = async (invoice: Body) => (await story.payments(invoice))[0];
  /** Stripe does what is asked, and its answers get lost. Its events never tell of it, also when it answers again. */
  const deaf = (request: string) => {
    for (const event of ['payment_intent.*', 'charge.*', 'refund.*', 'checkout.**'])
      world.sandbox.faults.add({ kind: 'event_drop', event });
    world.sandbox.faults.add({ kind: 'cut_before_commit', request: 'GET /v1/events' });
    const fault = world.sandbox.faults.add({ kind: 'cut_after_commit', request });
    return () => world.sandbox.faults.remove(fault);
  };
  const expectBooksToHold = async () => expect(await checkLedger(world.context.db, null)).toEqual([]);

  describe.each(WAYS_TO_DIE)('one %s', (way) => {
    test('charges: the money that moved is found, the invoice paid, and nothing charged twice', async () => {
      const customer = await story.customerWithCard('pm_card_visa');
      const end = deaf(CREATE);
      const invoice = await story.invoice(customer, 1500);
      await dies(world, 'collect_invoice', way);
      // The net has taken it up by now, or will: that it died decides nothing about the attempt.
      expect(await paymentOf(invoice)).toMatchObject({ status: 'creating', failure: null });
      expect(await deadKinds(world)).toEqual(['collect_invoice']);
      end();
      await untilNetsHavePassed(world);
      expect(await story.intents()).toMatchObject([{ status: 'succeeded', amount: 1500 }]);
      expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ status: 'paid', amount_paid: 1500 });
      await expectBooksToHold();
    });

    test('charges a customer who has left the connection since: what moved is found all the same', async () => {
      const customer = await story.customerWithCard('pm_card_visa');
      const end = deaf(CREATE);
      const invoice = await story.invoice(customer, 1500);
      await dies(world, 'collect_invoice', way);
      const left = await world.request('PATCH', `/v1/customers/${customer.id}`, { payment_provider: null });
      expect(left.body).toMatchObject({ connection_id: null });
      await world.context.db.query({ text: "delete from jobs where key like 'invoice %' and dead_at is null" });
      end();
      await untilNetsHavePassed(world);
      expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ status: 'paid', amount_paid: 1500 });
      await expectBooksToHold();
    });

    test('charges for an invoice that was written off: what moved is found all the same', async () => {
      const customer = await story.linkedCustomer();
      const invoice = await story.invoice(customer, 1500);
      await world.request('POST', `/v1/invoices/${invoice.id}/mark_uncollectible`);
      await story.leaveCard(customer, 'pm_card_visa');
      await world.advance(60_000);
      const end = deaf(CREATE);
      await world.request('POST', `/v1/invoices/${invoice.id}/pay`);
      expect(await paymentOf(invoice)).toMatchObject({ status: 'creating' });
      await dies(world, 'collect_invoice', way);
      expect(await paymentOf(invoice)).toMatchObject({ status: 'creating', failure: null });
      end();
      await untilNetsHavePassed(world);
      expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ status: 'paid', amount_paid: 1500 });
      expect(await story.intents()).toHaveLength(1);
      await expectBooksToHold();
    });

    test('confirms with the card that the payer left: what he was charged is found', async () => {
      const customer = await story.customerWithCard('pm_card_chargeCustomerFail');
      const invoice = await story.invoice(customer, 1500);
      const end = deaf('POST /v1/payment_intents/*/confirm');
      await story.leaveCard(customer, 'pm_card_visa');
      expect(await paymentOf(invoice)).toMatchObject({ status: 'confirming' });
      await dies(world, 'collect_invoice', way);
      expect(await paymentOf(invoice)).toMatchObject({ status: 'confirming' });
      end();
      await untilNetsHavePassed(world);
      expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ status: 'paid', amount_paid: 1500 });
      await expectBooksToHold();
    });

    test('opens a page to pay on: one page stands at Stripe, and the attempt names it', async () => {
      const terms = { collection_method: 'send_invoice', days_until_due: 14 };
      const invoice = await story.invoice(await story.linkedCustomer(), 1500, terms);
      const end = deaf('POST /v1/checkout/sessions');
      const asked = await world.request('POST', `/v1/invoices/${invoice.id}/payment_session`, { return_url: HOST_URL });
      expect(asked.status).toBe(202);
      await dies(world, 'carry_out_payment', way);
      expect(await paymentOf(invoice)).toMatchObject({ status: 'creating' });
      end();
      await untilNetsHavePassed(world);
      const [page, ...others] = (await world.stripe(STRIPE_KEY).checkout.sessions.list()).data;
      expect(others).toEqual([]);
      expect(await paymentOf(invoice)).toMatchObject({ stripe_checkout_session_id: page?.id });
    });

    test('gives money back: it stays pending until Stripe was asked, and goes once', async () => {
      const invoice = await story.invoice(await story.customerWithCard('pm_card_visa'), 5000);
      const end = deaf('POST /v1/refunds');
      const asked = await world.request('POST', '/v1/refunds', { invoice_id: invoice.id, amount: 2000 });
      await dies(world, 'create_stripe_refund', way);
      const refund = () => story.get(`/v1/refunds/${asked.body.id}`);
      expect(await refund()).toMatchObject({ status: 'pending' });
      expect(await deadKinds(world)).toEqual(['create_stripe_refund']);
      end();
      await untilNetsHavePassed(world);
      expect(await refund()).toMatchObject({ status: 'succeeded' });
      expect((await world.stripe(STRIPE_KEY).refunds.list()).data).toMatchObject([{ amount: 2000 }]);
      await expectBooksToHold();
    });

    test('withdraws what a failed attempt left at Stripe: it cannot pay any more', async () => {
      const invoice = await story.invoice(await story.customerWithCard('pm_card_chargeCustomerFail'), 1500);
      const end = deaf('POST /v1/payment_intents/*/cancel');
      await world.request('POST', `/v1/invoices/${invoice.id}/offline_payments`, { amount: 1500 });
      await world.quiet();
      await dies(world, 'withdraw_payment', way);
      end();
      await untilNetsHavePassed(world);
      expect(await story.intents()).toMatchObject([{ status: 'canceled' }]);
      expect(await story.payments(invoice)).toMatchObject([{ status: 'succeeded' }, { status: 'canceled' }]);
      await expectBooksToHold();
    });
  });
});
