import { tellOverdueInvoices } from '@tollbridge/server/schedules/tell-overdue-invoices';
import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { counted } from '../ground.js';
import { InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

const DAY = 86_400_000;

describe.each(testDatabases())('an invoice is not paid in time (INV-12), on %s', (database) => {
  let world: World;
  let story: InvoiceStory;
  let customer: Body;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    story = new InvoiceStory(world);
    await world.connect(STRIPE_KEY);
    customer = await story.linkedCustomer();
  });
  afterEach(() => world.close());

  const sent = (days: number) =>
    story.invoice(customer, 1500, { collection_method: 'send_invoice', days_until_due: days });
  const now = (invoice: Body) => story.get(`/v1/invoices/${String(invoice.id)}`);
  const told = async () => (await story.events('invoice.overdue')).map((event) => event.object_id);

  test('sent on 1 March for 14 days, it is overdue on 15 March, told once, and can still be paid', async () => {
    const invoice = await sent(14);
    expect(invoice.overdue_at).toBeNull();
    await world.advance(14 * DAY - 120_000, DAY);
    expect(await told()).toEqual([]);
    await world.advance(180_000, 60_000);
    expect(await told()).toEqual([invoice.id]);
    expect((await now(invoice)).overdue_at).toMatch(/^2027-03-15T09:0/);
    await world.advance(5 * DAY, DAY);
    expect(await told()).toEqual([invoice.id]);
    const paid = await world.request('POST', `/v1/invoices/${String(invoice.id)}/offline_payments`, {});
    expect(paid.status).toBe(201);
    expect(await now(invoice)).toMatchObject({ status: 'paid', overdue_at: expect.any(String) });
  });

  test('paid, taken back, written off, or charged by itself, it is not told', async () => {
    const act = (invoice: Body, path: string) =>
      world.request('POST', `/v1/invoices/${String(invoice.id)}/${path}`, {});
    await act(await sent(3), 'offline_payments');
    await act(await sent(3), 'void');
    await act(await sent(3), 'mark_uncollectible');
    await story.invoice(customer, 1500);
    const part = await sent(3);
    await world.request('POST', `/v1/invoices/${String(part.id)}/offline_payments`, { amount: 500 });
    await world.advance(10 * DAY, DAY);
    expect(await told()).toEqual([part.id]);
  });

  test('a tick asks the database as often for twelve of them as for three, and tells each with its own page', async () => {
    const tickWith = async (count: number) => {
      const invoices: Body[] = [];
      for (let index = 0; index < count; index += 1) invoices.push(await sent(1));
      // Without the world's own turn of the schedules, which would tell them first.
      world.clock.advance(2 * DAY);
      const watched = counted(world.context.db);
      await tellOverdueInvoices.tick({ ...world.context, db: watched.database });
      return { ids: invoices.map(({ id }) => id), statements: watched.statements.length };
    };
    const few = await tickWith(3);
    const many = await tickWith(12);
    expect(many.statements).toBe(few.statements);
    const events = await story.events('invoice.overdue');
    expect(events.map((event) => event.object_id).sort()).toEqual([...few.ids, ...many.ids].sort());
    for (const event of events) {
      const { url } = await story.get(`/v1/invoices/${String(event.object_id)}/payment_link`);
      expect(event.data.object.payment_link).toBe(url);
    }
  });

  test('its environment’s clock decides, and not the machine’s', async () => {
    const invoice = await sent(14);
    await world.context.db.query({
      text: `update environments set clock_mode = 'offset', clock_offset_milliseconds = $1 where kind = 'test'`,
      values: [15 * DAY],
    });
    await world.advance(60_000);
    expect(await told()).toEqual([invoice.id]);
    expect((await now(invoice)).overdue_at).toMatch(/^2027-03-16T/);
  });
});
