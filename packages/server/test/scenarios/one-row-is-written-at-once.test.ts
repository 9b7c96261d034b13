import { checkLedger } from '@tollbridge/server/store/ledger-check';
import { type Body, createWorld, type Reply, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

/** Twice as many as a process has connections to PostgreSQL. */
const AT_ONCE = 24;

describe.each(testDatabases())(
  'many write to one object at the same moment, and none is refused, on %s',
  (database) => {
    let world: World;
    let story: InvoiceStory;

    beforeEach(async () => {
      world = await createWorld({ database });
      story = new InvoiceStory(world);
      await world.connect(STRIPE_KEY);
    });
    afterEach(() => world.close());

    const atOnce = (does: (index: number) => Promise<Reply>): Promise<Reply[]> =>
      Promise.all(Array.from({ length: AT_ONCE }, (_, index) => does(index)));
    const refused = (replies: readonly Reply[]) =>
      replies.filter(({ status }) => status >= 300).map(({ body }) => body);
    const paidInvoice = async (): Promise<Body> => story.invoice(await story.customerWithCard('pm_card_visa'), 48_000);

    test('CUS-1: one new customer by his external id', async () => {
      const replies = await atOnce((index) =>
        world.request('POST', '/v1/customers', { external_id: 'u_1', name: `Ada ${index}` }),
      );
      expect(refused(replies)).toEqual([]);
      expect((await story.get('/v1/customers')).data).toHaveLength(1);
    });

    test('a customer’s keys of metadata, each by another: all of them stand in the end', async () => {
      const { body } = await world.request('POST', '/v1/customers', { external_id: 'u_1' });
      const keyOf = (index: number) => `key_${index}`;
      const replies = await atOnce((index) =>
        world.request('PATCH', `/v1/customers/${body.id}`, { metadata: { [keyOf(index)]: 'set' } }),
      );
      expect(refused(replies)).toEqual([]);
      const { metadata } = await story.get(`/v1/customers/${body.id}`);
      expect(Object.keys(metadata)).toHaveLength(AT_ONCE);
    });

    test('refunds of one payment: each is made, and together they are what they ask for', async () => {
      const invoice = await paidInvoice();
      const replies = await atOnce(() =>
        world.request('POST', '/v1/refunds', { invoice_id: invoice.id, amount: 1_000 }),
      );
      expect(refused(replies)).toEqual([]);
      await world.quiet();
      expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ amount_refunded: AT_ONCE * 1_000 });
      expect(await checkLedger(world.context.db, null)).toEqual([]);
    });

    test('payments received outside Stripe: each counts', async () => {
      const { body } = await world.request('POST', '/v1/customers', { external_id: 'u_1' });
      const invoice = await story.makeInvoice(body, 48_000, { collection_method: 'send_invoice', days_until_due: 14 });
      const replies = await atOnce(() =>
        world.request('POST', `/v1/invoices/${invoice.id}/offline_payments`, { amount: 2_000 }),
      );
      expect(refused(replies)).toEqual([]);
      expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ status: 'paid', amount_paid: 48_000 });
      expect(await checkLedger(world.context.db, null)).toEqual([]);
    });
  },
);
