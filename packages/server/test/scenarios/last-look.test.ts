import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOST_URL, InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

const HOUR = 3_600_000;
const CREATE = 'POST /v1/payment_intents';

describe.each(testDatabases())('the last look before money is asked for (INV-7), on %s', (database) => {
  let world: World;
  let story: InvoiceStory;
  let connection: Body;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    story = new InvoiceStory(world);
    connection = await world.connect(STRIPE_KEY);
  });
  afterEach(() => world.close());

  const now = (invoice: Body) => story.get(`/v1/invoices/${String(invoice.id)}`);
  const switched = (enabled: boolean) =>
    world.request('PATCH', `/v1/connections/${String(connection.id)}`, { enabled });
  const charges = async () => (await world.stripe(STRIPE_KEY).charges.list({ limit: 100 })).data;

  /** An invoice whose charge was decided, and of whose call nobody knows what came. */
  async function unanswered(customer: Body, kind: 'cut_before_commit' | 'cut_after_commit'): Promise<Body> {
    world.pushReaches = false;
    world.sandbox.faults.add({ kind, request: CREATE, times: 1 });
    const invoice = await story.makeInvoice(customer, 1500);
    world.sandbox.faults.add({ kind: 'cut_before_commit', request: '* /v1/**' });
    await world.quiet();
    return invoice;
  }

  const backAgain = () => world.sandbox.faults.clear();

  test('a charge that never reached Stripe is not sent after the connection was switched off, and is when it is on', async () => {
    const customer = await story.customerWithCard('pm_card_visa');
    const invoice = await unanswered(customer, 'cut_before_commit');
    await switched(false);
    backAgain();
    await world.advance(6 * 60_000, 10_000);
    expect(await charges()).toEqual([]);
    expect(await now(invoice)).toMatchObject({
      payment_status: 'pending',
      payment_status_reason: 'connection_not_enabled',
      open_payment_id: null,
    });
    expect(await story.payments(invoice)).toMatchObject([{ status: 'canceled', stripe_payment_intent_id: null }]);
    await switched(true);
    await world.advance(3 * 60_000, 10_000);
    expect(await now(invoice)).toMatchObject({ status: 'paid', amount_paid: 1500 });
    expect(await charges()).toHaveLength(1);
  });

  test('a day later, too, when the key that it was sent under has been forgotten', async () => {
    const customer = await story.customerWithCard('pm_card_visa');
    const invoice = await unanswered(customer, 'cut_before_commit');
    await world.advance(26 * HOUR, HOUR);
    await switched(false);
    backAgain();
    await world.advance(3 * HOUR, HOUR / 4);
    expect(await charges()).toEqual([]);
    expect(await now(invoice)).toMatchObject({
      payment_status_reason: 'connection_not_enabled',
      open_payment_id: null,
    });
  });

  test('one that did reach Stripe counts, whatever was switched off since', async () => {
    const customer = await story.customerWithCard('pm_card_visa');
    const invoice = await unanswered(customer, 'cut_after_commit');
    await switched(false);
    backAgain();
    await world.advance(6 * 60_000, 10_000);
    expect(await now(invoice)).toMatchObject({ status: 'paid', amount_paid: 1500 });
    expect(await charges()).toHaveLength(1);
  });

  test('a switch thrown and thrown back while Stripe is silent changes nothing', async () => {
    const customer = await story.customerWithCard('pm_card_visa');
    const invoice = await unanswered(customer, 'cut_after_commit');
    await switched(false);
    await world.advance(20_000, 5_000);
    await switched(true);
    backAgain();
    await world.advance(6 * 60_000, 10_000);
    expect(await now(invoice)).toMatchObject({ status: 'paid', amount_paid: 1500 });
    expect(await charges()).toHaveLength(1);
  });

  test('a customer who was deleted meanwhile is not charged, kept or deleted in Stripe', async () => {
    for (const in_stripe of ['keep', 'delete']) {
      world.pushReaches = true;
      const customer = await story.customerWithCard('pm_card_visa', `u_${in_stripe}`);
      const invoice = await unanswered(customer, 'cut_before_commit');
      const deleted = await world.request('DELETE', `/v1/customers/${String(customer.id)}`, {
        in_stripe,
        open_invoices: 'keep',
      });
      expect(deleted.status).toBe(200);
      backAgain();
      await world.advance(6 * 60_000, 10_000);
      expect(await now(invoice)).toMatchObject({ status: 'finalized', open_payment_id: null });
      expect(await story.payments(invoice)).toMatchObject([{ status: 'canceled' }]);
    }
    expect(await charges()).toEqual([]);
  });

  test('a confirmation that was decided and never sent is not sent either: its intent is withdrawn', async () => {
    const customer = await story.customerWithCard('pm_card_chargeCustomerFail');
    const invoice = await story.invoice(customer, 1500);
    world.pushReaches = false;
    world.sandbox.faults.add({ kind: 'cut_before_commit', request: 'POST /v1/payment_intents/*/confirm' });
    await story.leaveCard(customer, 'pm_card_visa');
    await world.advance(10_000, 1_000);
    expect(await story.payments(invoice)).toMatchObject([{ status: 'confirming' }]);
    await switched(false);
    backAgain();
    await world.advance(6 * 60_000, 10_000);
    expect(await story.payments(invoice)).toMatchObject([{ status: 'canceled' }]);
    expect((await story.intents()).map(({ status }) => status)).toEqual(['canceled']);
    expect(await now(invoice)).toMatchObject({
      payment_status_reason: 'connection_not_enabled',
      open_payment_id: null,
    });
  });

  test('a payer cannot confirm what must not be charged any more', async () => {
    const customer = await story.customerWithCard('pm_card_authenticationRequired');
    const invoice = await story.invoice(customer, 1500);
    const [payment] = await story.payments(invoice);
    const confirm = () =>
      world.request('POST', `/v1/payments/${String(payment?.id)}/confirm_on_session`, { return_url: HOST_URL });
    await switched(false);
    expect(await confirm()).toMatchObject({
      status: 409,
      body: { error: { code: 'payment_not_possible', details: { reason: 'connection_not_enabled' } } },
    });
    const link = await story.get(`/v1/invoices/${String(invoice.id)}/payment_link`);
    const page = await world.request('POST', new URL(String(link.url)).pathname, undefined, { key: null });
    expect(page.status).toBe(409);
    await switched(true);
    expect((await confirm()).body.next_action?.url).toBeTruthy();
  });

  /** The second is over before anybody could look: Stripe tells of that first. */
  test.each([23.2, 25.6])(
    'a page whose making was never answered is the attempt’s %d hours later, and no second is opened',
    async (hours) => {
      const customer = await story.linkedCustomer();
      const invoice = await story.invoice(customer, 1500, { collection_method: 'send_invoice', days_until_due: 14 });
      world.pushReaches = false;
      world.sandbox.faults.add({ kind: 'cut_after_commit', request: 'POST /v1/checkout/sessions', times: 1 });
      const asked = await world.request('POST', `/v1/invoices/${String(invoice.id)}/payment_session`, {
        return_url: HOST_URL,
      });
      expect(asked).toMatchObject({ status: 202, body: { status: 'creating' } });
      world.sandbox.faults.add({ kind: 'cut_before_commit', request: '* /v1/**' });
      await world.advance(hours * HOUR, HOUR / 5);
      backAgain();
      // Its next turn is up to an hour and a quarter away by now, and then earlier calls are given time to end.
      await world.advance(2 * HOUR, HOUR / 4);
      const [session, ...others] = (await world.stripe(STRIPE_KEY).checkout.sessions.list()).data;
      const [payment] = await story.payments(invoice);
      expect(others).toEqual([]);
      expect(payment?.stripe_checkout_session_id).toBe(session?.id);
      expect(payment?.status).toBe(session?.status === 'open' ? 'awaiting_payer' : 'canceled');
    },
  );
});
