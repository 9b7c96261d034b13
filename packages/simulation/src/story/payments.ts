import { challengeOf, paymentWhere, RETURN_URL, standsAs } from './attempts.js';
import { moneyToPay } from './money.js';
import type { Action, Row } from './story.js';

/** Stripe counts dinars in the same thousandths as we do, so its amount is ours in every currency of the story. */
const leftOf = (row: Row): bigint => (row.amount_minor as bigint) - (row.refunded_minor as bigint);

const STANDS_MILLISECONDS = 3_600_000;

/** What operators, payers and banks do about payments and what goes back of them. */
export const PAYMENT_ACTIONS: readonly Action[] = [
  {
    name: 'refund',
    weight: 6,
    async run(story) {
      const row = await paymentWhere(story, `p.status = 'succeeded'`);
      if (row === null || leftOf(row) < 1n) return null;
      const amount = Number(moneyToPay(story, leftOf(row), row.currency as string));
      story.write('POST', '/v1/refunds', { payment_id: row.id, amount, reason: 'requested_by_customer' });
      return `${amount} of ${row.id}`;
    },
  },
  {
    name: 'refund_at_stripe',
    weight: 10,
    async run(story) {
      const row = await paymentWhere(story, `p.status = 'succeeded' and p.kind <> 'offline'`);
      if (row === null || leftOf(row) < 1n) return null;
      const amount = Number(moneyToPay(story, leftOf(row), row.currency as string));
      const payment_intent = row.intent as string;
      const end = await story
        .accountOf(row.account)
        .inDashboard((stripe) => stripe.refunds.create({ payment_intent, amount }));
      return end === 'refused' ? null : `${amount} of ${row.intent}`;
    },
  },
  {
    name: 'intent_cancelled_at_stripe',
    weight: 40,
    async run(story) {
      const { clock } = story.universe;
      // Often what has stood there for a while, and of which nothing else is about to be told.
      const before = story.random.chance(0.5) ? clock.machineNow() - STANDS_MILLISECONDS : clock.machineNow();
      const row = await paymentWhere(
        story,
        `p.stripe_payment_intent_id is not null and p.status in ('requires_action', 'failed') and p.created_at <= $2`,
        [new Date(before).toISOString()],
        standsAs(story, ...(story.random.chance(0.1) ? ['requires_action'] : []), 'requires_payment_method'),
      );
      if (row === null) return null;
      const intent = row.intent as string;
      const end = await story.accountOf(row.account).inDashboard((stripe) => stripe.paymentIntents.cancel(intent));
      return end === 'refused' ? null : intent;
    },
  },
  {
    name: 'payment_cancel',
    weight: 8.5,
    async run(story) {
      // Mostly not while the payer stands before his bank.
      const mayStand = story.random.chance(0.2);
      const fits = (open: Row) => mayStand || challengeOf(story, open) === null;
      const row = await paymentWhere(story, `p.status in ('requires_action', 'awaiting_payer')`, [], fits);
      if (row === null) return null;
      story.write('POST', `/v1/payments/${row.id}/cancel`, {});
      return row.id as string;
    },
  },
  {
    name: 'payment_release',
    weight: 45,
    async run(story) {
      const row = await paymentWhere(
        story,
        `k.status = 'disconnected' and p.status in ('creating', 'confirming', 'canceling', 'requires_action', 'awaiting_payer')`,
      );
      if (row === null) return null;
      // Whoever gives up an attempt while Stripe cannot be asked is told that it may still bring money, which goes back.
      story.universe.witness.excuse(row.invoice_id as string);
      story.write('POST', `/v1/payments/${row.id}/release`, {});
      return row.id as string;
    },
  },
  {
    name: 'confirm_on_session',
    weight: 50,
    async run(story) {
      // Mostly somebody who was not sent on to his bank yet.
      const isNew = story.random.chance(0.8) ? `p.next_action ->> 'url' is null` : 'true';
      const row = await paymentWhere(story, `p.status = 'requires_action' and p.kind = 'automatic' and ${isNew}`);
      if (row === null) return null;
      story.write('POST', `/v1/payments/${row.id}/confirm_on_session`, { return_url: RETURN_URL });
      return row.id as string;
    },
  },
  {
    // Whoever was sent on to his bank stands there until he answers, from an invoice or from a page that he left.
    name: 'challenge_answered',
    weight: 250,
    async run(story) {
      const row = await paymentWhere(
        story,
        `p.status in ('requires_action', 'awaiting_payer')`,
        [],
        (open) => challengeOf(story, open) !== null,
      );
      const url = row === null ? null : challengeOf(story, row);
      if (url === null) return null;
      const outcome = story.random.chance(0.5) ? 'complete' : 'fail';
      const page = await story.universe.visit('POST', url, { outcome });
      return `${outcome} answered ${page.status}`;
    },
  },
  {
    name: 'dispute_decided',
    weight: 150,
    async run(story) {
      const row = await story.anyRow(
        `
select d.id, d.stripe_dispute_id as dispute, k.stripe_account_id as account
from disputes d
join connections k on k.environment_id = d.environment_id
  and k.id = d.connection_id
where d.environment_id = $1
  and d.outcome is null`,
        [],
        (open) =>
          story
            .atStripe(open, 'dispute')
            .some(({ id, status }) => id === open.dispute && !['won', 'lost'].includes(status)),
      );
      if (row === null) return null;
      const outcome = story.random.pick(['won', 'lost'] as const);
      const isDecided = story.accountOf(row.account).decideDispute(row.dispute as string, outcome);
      return isDecided ? `${row.dispute} ${outcome}` : null;
    },
  },
];
