import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { control, restrictedKey } from '../connection-story.js';
import { ConsentStory } from '../consent-story.js';
import { InvoiceStory, STRIPE_KEY } from '../invoice-story.js';
import { PLATFORM_KEY } from '../managed-story.js';

const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

describe.each(testDatabases())('nobody listened to Stripe for a while, on %s', (database) => {
  let world: World;
  let story: InvoiceStory;
  beforeEach(async () => {
    world = await createWorld({ database });
    story = new InvoiceStory(world);
  });
  afterEach(() => world.close());

  const events = async (query: string): Promise<Body[]> =>
    (await world.request('GET', `/v1/stripe_events?limit=100${query}`)).body.data;

  describe('by key', () => {
    let id = '';
    /** Another key of the same account, as the operator has it in Stripe. */
    let other = '';
    /** What the owner of the account does there himself. */
    let owner = '';
    beforeEach(async () => {
      id = String((await world.connect(STRIPE_KEY)).id);
      other = restrictedKey(world, 'sandbox_world');
      const account = (await card()).stripe_account_id;
      owner = (control(world, 'keys', { account, kind: 'secret', name: 'Owner' }) as { key: string }).key;
    });

    const stripe = () => world.stripe(owner);
    const card = async () => (await world.request('GET', `/v1/connections/${id}`)).body;
    async function lose() {
      control(world, 'keys', { key: STRIPE_KEY, revoked: true });
      await world.advance(11 * SECOND);
      expect((await card()).status).toBe('disconnected');
      world.pushReaches = false;
    }
    async function comeBack() {
      await world.request('POST', `/v1/connections/${id}/rotate_key`, { secret_key: other });
      await world.advance(60 * SECOND, 10 * SECOND);
    }

    test('CON-10: the card counts what was missed while it is fetched, and says when nothing is missing', async () => {
      const customer = await story.customerWithCard('pm_card_visa');
      expect((await card()).gap).toBeNull();
      await lose();
      const twin = String(customer.provider_customer_id);
      for (let turn = 0; turn < 120; turn++) await stripe().customers.update(twin, { name: `Ada ${turn}` });
      await world.advance(5 * HOUR, HOUR);
      await world.request('POST', `/v1/connections/${id}/rotate_key`, { secret_key: other });
      // One page of what was missed, and nothing applied of it yet.
      control(world, 'faults', { kind: 'status', status: 503, request: 'GET /v1/customers/*' });
      await world.advance(5 * SECOND);
      const fetching = await card();
      expect(fetching.gap).toMatchObject({
        since: '2027-03-01T09:00:00.000Z',
        is_beyond_stripe_memory: false,
        closed_at: null,
        sentence: expect.stringContaining('is being fetched'),
      });
      expect(fetching.gap.events_pending).toBeGreaterThan(100);
      control(world, 'faults', {}, 'DELETE');
      await world.advance(10 * 60 * SECOND, 10 * SECOND);
      const whole = await card();
      expect(whole.gap).toMatchObject({ events_pending: 0, objects_reread: 0, closed_at: expect.any(String) });
      expect(whole.gap.sentence).toBe(`Nothing is missing: ${whole.gap.events_found} events were fetched.`);
      const missed = await events(`&type=customer.updated&object_id=${twin}`);
      expect(missed.every(({ status }) => status === 'applied')).toBe(true);
      await world.advance(60 * SECOND, 10 * SECOND);
      expect((await card()).gap).toEqual(whole.gap);
    });

    test('CON-10: after forty days what Stripe has forgotten is read again: cards, payments, refunds and disputes made there', async () => {
      const paid = await story.customerWithCard('pm_card_visa', 'u_paid');
      const refunded = await story.invoice(paid, 2_000);
      const contesting = await story.customerWithCard('pm_card_createDispute', 'u_contests');
      const contested = await story.invoice(contesting, 3_000);
      const slow = await story.customerWithCard('pm_card_authenticationRequired', 'u_slow');
      const waiting = await story.invoice(slow, 1_500);
      expect(waiting.payment_status).toBe('requires_action');
      const disputesOf = async (invoice: Body) => (await story.get(`/v1/disputes?invoice_id=${invoice.id}`)).data;
      const [decided] = await disputesOf(contested);
      await lose();
      const [payment] = await story.payments(refunded);
      await stripe().refunds.create({ payment_intent: String(payment?.stripe_payment_intent_id), amount: 500 });
      await stripe().disputes.close(String(decided?.stripe_dispute_id));
      const [third] = await story.payments(waiting);
      await stripe().paymentIntents.confirm(String(third?.stripe_payment_intent_id), {
        payment_method: 'pm_card_createDispute',
        return_url: 'https://x.example',
      });
      const methods = await stripe().customers.listPaymentMethods(String(paid.provider_customer_id));
      await stripe().paymentMethods.detach(String(methods.data[0]?.id));
      await world.advance(40 * DAY, DAY);
      await comeBack();
      const { gap } = await card();
      expect(gap).toMatchObject({ is_beyond_stripe_memory: true, events_pending: 0, closed_at: expect.any(String) });
      expect(gap.objects_reread).toBeGreaterThanOrEqual(5);
      expect(gap.sentence).toMatch(/^Nothing is missing: \d+ events were fetched, and \d+ objects were read again\.$/);
      expect(await story.get(`/v1/invoices/${waiting.id}`)).toMatchObject({ payment_status: 'succeeded' });
      expect((await story.get(`/v1/refunds?payment_id=${payment?.id}`)).data).toMatchObject([
        { amount: 500, status: 'succeeded' },
      ]);
      expect(await disputesOf(contested)).toMatchObject([{ outcome: 'lost' }]);
      // Nobody answered this one within its time.
      expect(await disputesOf(waiting)).toMatchObject([{ outcome: 'lost' }]);
      expect((await story.get(`/v1/customers/${paid.id}/payment_methods`)).data).toEqual([]);
      const signs = (await events('')).filter(({ received_via: via }) => via === 'reread');
      expect(signs.filter(({ status }) => status === 'pending' || status === 'dead')).toEqual([]);
      await world.advance(2 * DAY, DAY);
      expect((await events('')).filter(({ received_via: via }) => via === 'reread')).toHaveLength(signs.length);
    });

    test('CON-10: an account in which something always happens has its gap closed all the same, and only what was missed is counted', async () => {
      await lose();
      for (let count = 0; count < 3; count++) await stripe().customers.create({ name: `missed ${count}` });
      await world.advance(HOUR, HOUR);
      await world.request('POST', `/v1/connections/${id}/rotate_key`, { secret_key: other });
      for (let turn = 0; turn < 12; turn++) {
        await stripe().customers.create({ name: `busy ${turn}` });
        await world.advance(10 * SECOND);
      }
      const { gap } = await card();
      expect(gap.closed_at).not.toBeNull();
      expect(gap.events_found).toBeLessThanOrEqual(6);
    });

    test('CON-10: a pass that stood half-way when the silence began closes nothing', async () => {
      for (let count = 0; count < 120; count++) await stripe().customers.create({ name: `first ${count}` });
      control(world, 'faults', { kind: 'status', status: 503, request: 'GET /v1/events', after: 1 });
      await world.advance(11 * SECOND);
      await lose();
      control(world, 'faults', {}, 'DELETE');
      for (let count = 0; count < 7; count++) await stripe().customers.create({ name: `missed ${count}` });
      await world.advance(2 * DAY, DAY);
      await comeBack();
      const { gap } = await card();
      expect(gap).toMatchObject({ closed_at: expect.any(String) });
      expect(gap.events_found).toBeGreaterThanOrEqual(7);
    });

    test('a short silence is no gap, and a server that was down for an hour is one', async () => {
      await world.advance(60 * SECOND);
      expect((await card()).gap).toBeNull();
      await world.advance(HOUR);
      expect((await card()).gap).toMatchObject({
        since: '2027-03-01T09:01:00.000Z',
        until: '2027-03-01T10:01:00.000Z',
        closed_at: '2027-03-01T10:01:00.000Z',
      });
    });
  });

  test('CON-8, CON-10: deauthorised in Stripe at night, noticed, let in again: 3,000 missed events are applied once', async () => {
    const seller = world.stripe('sk_test_sandbox_seller');
    const consent = new ConsentStory(world);
    await consent.connected((await seller.accounts.retrieveCurrent()).id);
    const twins: string[] = [];
    for (let count = 0; count < 30; count++)
      twins.push(String((await story.linkedCustomer(`u_${count}`)).provider_customer_id));
    const account = (await consent.card()).stripe_account_id;
    control(world, 'connections', { platform: PLATFORM_KEY, account }, 'DELETE');
    expect(await consent.card()).toMatchObject({ status: 'disconnected', reason: 'deauthorized_in_stripe' });
    for (let turn = 0; turn < 100; turn++)
      for (const twin of twins) await seller.customers.update(twin, { name: `${turn}` });
    await world.advance(8 * HOUR, HOUR);
    await consent.consent({ account });
    await world.advance(5 * 60 * SECOND, 10 * SECOND);
    const { gap, status } = await consent.card();
    expect(status).toBe('connected');
    expect(gap).toMatchObject({ events_pending: 0, closed_at: expect.any(String) });
    expect(gap.events_found).toBeGreaterThanOrEqual(3_000);
    const [counted] = await world.context.db.query({
      text: `select count(*)::integer as all, count(distinct stripe_event_id)::integer as once,
          count(*) filter (where status = 'applied')::integer as applied
        from stripe_events where type = 'customer.updated' and received_via = 'poll'`,
    });
    expect(counted).toEqual({ all: 3_000, once: 3_000, applied: 3_000 });
  });
});
