import { checkLedger } from '@tollbridge/server/store/ledger-check';
import { type Body, createWorld, type Reply, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvoiceStory } from '../invoice-story.js';

/** Twice as many as a process has connections to PostgreSQL. */
const AT_ONCE = 24;

describe.each(testDatabases())('many invoices of one issuer are finalized at once, on %s', (database) => {
  let world: World;
  let story: InvoiceStory;
  let customer: Body;

  beforeEach(async () => {
    world = await createWorld({ database });
    story = new InvoiceStory(world);
    customer = (await world.request('POST', '/v1/customers', { external_id: 'u_1', currency: 'eur' })).body;
  });
  afterEach(() => world.close());

  const atOnce = <T>(does: (index: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: AT_ONCE }, (_, index) => does(index)));
  const numbersOf = (replies: readonly Reply[]) => replies.map(({ body }) => String(body.number)).sort();
  const series = (count: number) =>
    Array.from({ length: count }, (_, index) => `INV-${String(index + 1).padStart(6, '0')}`);
  const finalize = (invoice: Body) => world.request('POST', `/v1/invoices/${invoice.id}/finalize`);
  const issuer = async () => (await story.get('/v1/legal_entities')).data[0];

  test('INV-1: each gets its number, none twice, and the series has no gap', async () => {
    const drafts: Body[] = [];
    for (let count = 0; count < AT_ONCE; count++) {
      drafts.push(await story.makeInvoice(customer, 1000 + count, { finalize: false }));
    }
    const finalized = await Promise.all(drafts.map(finalize));
    expect(finalized.map(({ status }) => status)).toEqual(Array(AT_ONCE).fill(200));
    expect(numbersOf(finalized)).toEqual(series(AT_ONCE));
    expect(await issuer()).toMatchObject({ next_number: AT_ONCE + 1 });
    expect(await checkLedger(world.context.db, null)).toEqual([]);
  });

  test('those made and finalized in one go get theirs as well', async () => {
    const lines = [{ description: 'Seats', unit_amount: 1000 }];
    const made = await atOnce(() =>
      world.request('POST', '/v1/invoices', { customer_id: customer.id, currency: 'eur', finalize: true, lines }),
    );
    expect(made.map(({ status }) => status)).toEqual(Array(AT_ONCE).fill(201));
    expect(numbersOf(made)).toEqual(series(AT_ONCE));
  });

  test('one draft that many finalize gets one number', async () => {
    const invoice = await story.makeInvoice(customer, 1000, { finalize: false });
    const replies = await atOnce(() => finalize(invoice));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(AT_ONCE - 1).fill(409)]);
    expect(await issuer()).toMatchObject({ next_number: 2 });
  });

  test('the same number stands in the answer, in its repetition, in the event and in the audit log', async () => {
    const invoice = await story.makeInvoice(customer, 1000, { finalize: false });
    const send = () =>
      world.request('POST', `/v1/invoices/${invoice.id}/finalize`, undefined, { idempotencyKey: 'once' });
    const [first, again] = [await send(), await send()];
    const number = 'INV-000001';
    expect([first.body.number, again.body.number]).toEqual([number, number]);
    expect(await story.get(`/v1/invoices/${invoice.id}`)).toMatchObject({ number });
    expect(await story.events('invoice.finalized')).toMatchObject([{ data: { object: { number } } }]);
    const audit = await story.get(`/v1/audit_entries?object_id=${invoice.id}&limit=1`);
    expect(audit.data).toMatchObject([{ action: 'invoice.finalized', after: { number } }]);
    expect(JSON.stringify([first.body, again.body, audit])).not.toContain('number_');
  });

  test('an issuer renamed meanwhile is not asked to wait, and gives no number twice', async () => {
    const { id } = await issuer();
    const lines = [{ description: 'Seats', unit_amount: 1000 }];
    const body = { customer_id: customer.id, currency: 'eur', finalize: true, lines };
    const replies = await atOnce((index) =>
      index % 8 === 7
        ? world.request('PATCH', `/v1/legal_entities/${id}`, { name: `Renamed ${index}` })
        : world.request('POST', '/v1/invoices', body),
    );
    expect(replies.every(({ status }) => status === 200 || status === 201)).toBe(true);
    const invoices = replies.filter(({ status }) => status === 201);
    expect(numbersOf(invoices)).toEqual(series(invoices.length));
    expect(await issuer()).toMatchObject({ next_number: invoices.length + 1, name: expect.stringMatching(/^Renamed/) });
  });

  test('a prefix is not changed while the first number is given out', async () => {
    const { id } = await issuer();
    const [made, renamed] = await Promise.all([
      story.makeInvoice(customer, 1000),
      world.request('PATCH', `/v1/legal_entities/${id}`, { number_prefix: 'NEW' }),
    ]);
    const prefix = renamed.status === 200 ? 'NEW' : 'INV';
    expect(await story.get(`/v1/invoices/${made.id}`)).toMatchObject({ number: `${prefix}-000001` });
    expect(await issuer()).toMatchObject({ number_prefix: prefix, next_number: 2 });
  });
});
