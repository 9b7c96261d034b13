import { createWorld, type Reply, testDatabases, type World } from '@tollbridge/simulation';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvoiceStory } from '../invoice-story.js';

/** How often it is asked who waits: each is a round trip, and a commit that waits does so within a few. */
const LOOKS_MAX = 5_000;

// The embedded database has one connection: there, one commit is over before the next begins.
const databases = testDatabases().filter((database) => database === 'postgres');

describe.each(databases)('two commits meet in the middle, on %s', (database) => {
  let world: World;
  let story: InvoiceStory;
  /** Another process, in the middle of a transaction. */
  let other: pg.Client;

  beforeEach(async () => {
    world = await createWorld({ database });
    story = new InvoiceStory(world);
    const [row] = await world.context.db.query({ text: 'select current_database() as name' });
    const address = new URL(process.env.TOLLBRIDGE_TEST_DATABASE_URL ?? '');
    address.pathname = `/${row?.name as string}`;
    other = new pg.Client({ connectionString: address.toString() });
    await other.connect();
  });
  afterEach(async () => {
    await other.end();
    await world.close();
  });

  async function waiting(): Promise<number> {
    const text = `
select count(*)::integer as count
from pg_stat_activity
where datname = current_database()
  and wait_event_type = 'Lock'`;
    // Inside a transaction the first look would be the answer to all.
    await other.query('select pg_stat_clear_snapshot()');
    return (await other.query(text)).rows[0].count as number;
  }

  /** Until so many commits wait for a lock, or this one is over without having waited. */
  async function untilWaiting(count: number, reply: Promise<Reply>): Promise<void> {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    reply.then(over, over);
    for (let look = 0; look < LOOKS_MAX && !isOver; look++) if ((await waiting()) >= count) return;
    if (!isOver) throw new Error(`no ${count} commits came to wait within ${LOOKS_MAX} looks`);
  }

  test('a deletion waits for an invoice that is half written, and then sees it', async () => {
    const customer = (await world.request('POST', '/v1/customers', { external_id: 'u_1', currency: 'eur' })).body;
    await other.query('begin');
    await other.query('select 1 from legal_entities for update');
    const lines = [{ description: 'Seats', unit_amount: 1000 }];
    const invoiced = world.request('POST', '/v1/invoices', { customer_id: customer.id, finalize: true, lines });
    await untilWaiting(1, invoiced);
    const deleted = world.request('DELETE', `/v1/customers/${customer.id}`);
    await untilWaiting(2, deleted);
    await other.query('commit');
    expect((await invoiced).status).toBe(201);
    expect(await deleted).toMatchObject({ status: 409, body: { error: { code: 'customer_has_open_invoices' } } });
  });

  test('an invoice waits for a deletion that is half written, and is then refused', async () => {
    const customer = (await world.request('POST', '/v1/customers', { external_id: 'u_1', currency: 'eur' })).body;
    const draft = await story.makeInvoice(customer, 1000, { finalize: false });
    await other.query('begin');
    await other.query('update customers set deleted_at = now(), version = version + 1 where id = $1', [customer.id]);
    const finalized = world.request('POST', `/v1/invoices/${draft.id}/finalize`);
    await untilWaiting(1, finalized);
    await other.query('commit');
    expect(await finalized).toMatchObject({ status: 409, body: { error: { code: 'invoice_customer_deleted' } } });
    expect((await story.get('/v1/legal_entities')).data).toMatchObject([{ next_number: 1 }]);
  });

  test('an invoice does not wait for another of its customer that is half written', async () => {
    const customer = (await world.request('POST', '/v1/customers', { external_id: 'u_1', currency: 'eur' })).body;
    await other.query('begin');
    await other.query('select 1 from customers for share');
    expect((await world.request('POST', '/v1/invoices', { customer_id: customer.id, lines: [] })).status).toBe(201);
    await other.query('commit');
  });
});
