import { checkLedger } from '@tollbridge/server/store/ledger-check';
import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { control } from '../connection-story.js';
import { InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

/** As if the first of its kind had never been entered: the books themselves refuse to forget. */
async function forget(world: World, kind: string): Promise<void> {
  const [row] = await world.context.db.query({
    text: 'select id from ledger_transactions where kind = $1 order by seq limit 1',
    values: [kind],
  });
  await world.context.db.script(`
alter table ledger_entries disable trigger ledger_entries_append_only;
alter table ledger_transactions disable trigger ledger_transactions_append_only;
delete from ledger_entries where transaction_id = '${row?.id as string}';
delete from ledger_transactions where id = '${row?.id as string}';
alter table ledger_entries enable trigger ledger_entries_append_only;
alter table ledger_transactions enable trigger ledger_transactions_append_only;`);
}

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

  test.each([
    ['payment_succeeded', 0n, -5000n],
    ['refund_succeeded', 0n, 1234n],
    // The first is the charge's.
    ['balance_transaction_posted', 0n, 5000n],
  ])('a missing %s is found out', async (kind, expectedMinor, actualMinor) => {
    await world.advance(60_000, 20_000);
    await forget(world, kind);
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

describe.each(testDatabases())('what disputes moved is tied to the disputes that we know, on %s', (database) => {
  let world: World;
  let connection: Body;

  beforeEach(async () => {
    world = await createWorld({ database, startsAt: '2027-03-01T09:00:00Z' });
    const story = new InvoiceStory(world);
    connection = await world.connect(STRIPE_KEY);
    control(world, 'settlement', { key: STRIPE_KEY, currency: 'usd', rates: { eur: '1.0842' } });
    await story.invoice(await story.customerWithCard('pm_card_createDispute'), 5000);
  });
  afterEach(() => world.close());

  const violations = async () =>
    (await checkLedger(world.context.db, null))
      .filter(({ identity }) => identity === 'disputes' || identity === 'disputed_funds')
      .map(({ identity, subjectId, currency, expectedMinor, actualMinor }) => {
        expect([subjectId, currency]).toEqual([connection.id, 'eur']);
        return `${identity}: the rows say ${expectedMinor}, the books ${actualMinor}`;
      });
  async function decide(outcome: 'won' | 'lost'): Promise<void> {
    const [dispute] = (await world.stripe(STRIPE_KEY).disputes.list()).data;
    control(world, 'disputes', { key: STRIPE_KEY, dispute: dispute?.id, outcome });
    await world.quiet();
  }
  /** Stripe's balance is read: what was announced is entered. */
  const settle = () => world.advance(60_000, 20_000);

  test.each(['won', 'lost'] as const)(
    'it holds before and after Stripe enters it in its balance, also %s',
    async (outcome) => {
      expect(await violations()).toEqual([]);
      await settle();
      expect(await violations()).toEqual([]);
      await decide(outcome);
      expect(await violations()).toEqual([]);
      await settle();
      expect(await checkLedger(world.context.db, null)).toEqual([]);
    },
  );

  test('a missing dispute_opened is found out', async () => {
    await forget(world, 'dispute_opened');
    expect(await violations()).toEqual([
      'disputed_funds: the rows say 5000, the books 0',
      'disputes: the rows say -5000, the books 0',
    ]);
  });

  test('a missing dispute_won is found out', async () => {
    await decide('won');
    await settle();
    await forget(world, 'dispute_won');
    expect(await violations()).toEqual([
      'disputed_funds: the rows say 0, the books 5000',
      'disputes: the rows say 0, the books -5000',
    ]);
  });

  test('a missing dispute_lost is found out', async () => {
    await decide('lost');
    await settle();
    await forget(world, 'dispute_lost');
    expect(await violations()).toEqual(['disputed_funds: the rows say 0, the books 5000']);
  });

  test('a movement of the balance that is not entered is found out', async () => {
    await settle();
    await world.context.db.query({
      text: `update balance_transactions set exchanged_minor = exchanged_minor - 7 where type = 'adjustment'`,
    });
    expect(await violations()).toEqual(['disputes: the rows say 7, the books 0']);
  });
});
