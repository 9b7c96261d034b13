import { checkLedger } from '@tollbridge/server/store/ledger-check';
import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { control } from '../connection-story.js';
import { InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

describe.each(testDatabases())('money in transit is tied to what our rows say is under way, on %s', (database) => {
  let world: World;
  let story: InvoiceStory;
  let connection: Body;
  let invoice: Body;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    story = new InvoiceStory(world);
    connection = await world.connect(STRIPE_KEY);
    control(world, 'settlement', { key: STRIPE_KEY, currency: 'usd', rates: { eur: '1.0842' } });
    invoice = await story.invoice(await story.customerWithCard('pm_card_visa'), 5000);
    await world.request('POST', '/v1/refunds', { invoice_id: invoice.id, amount: 1234 });
  });
  afterEach(() => world.close());

  const violations = async () =>
    (await checkLedger(world.context.db, null)).filter(({ identity }) => identity === 'payments_in_transit');
  const inTransit = async () =>
    ((await story.get('/v1/ledger/balances')).data ?? []).find(
      (each: Body) => each.account === 'payments_in_transit' && each.currency === 'eur',
    )?.balance;

  test('it holds while Stripe has not entered it in its balance, and when it has', async () => {
    expect(await inTransit()).toBe('3766');
    expect(await violations()).toEqual([]);
    await world.advance(60_000, 20_000);
    expect(await inTransit()).toBe('0');
    expect(await violations()).toEqual([]);
  });

  /** As if it had never been entered: the books themselves refuse to forget. */
  const forget = (kind: string, sourceId: string) =>
    world.context.db.script(`
alter table ledger_entries disable trigger ledger_entries_append_only;
alter table ledger_transactions disable trigger ledger_transactions_append_only;
delete from ledger_entries
where transaction_id in (select id from ledger_transactions where kind = '${kind}' and source_id = '${sourceId}');
delete from ledger_transactions where kind = '${kind}' and source_id = '${sourceId}';
alter table ledger_entries enable trigger ledger_entries_append_only;
alter table ledger_transactions enable trigger ledger_transactions_append_only;`);
  const sourceOf = async (kind: string): Promise<string> => {
    const [row] = await world.context.db.query({
      text: 'select source_id from ledger_transactions where kind = $1 order by seq limit 1',
      values: [kind],
    });
    return String(row?.source_id);
  };

  test.each([
    ['payment_succeeded', 0n, -5000n],
    ['refund_succeeded', 0n, 1234n],
    // The first is the charge's.
    ['balance_transaction_posted', 0n, 5000n],
  ])('a missing %s is found out', async (kind, expectedMinor, actualMinor) => {
    await world.advance(60_000, 20_000);
    await forget(kind, await sourceOf(kind));
    expect(await violations()).toEqual([
      {
        identity: 'payments_in_transit',
        environmentId: expect.any(String),
        subjectId: connection.id,
        currency: 'eur',
        expectedMinor,
        actualMinor,
      },
    ]);
  });
});
