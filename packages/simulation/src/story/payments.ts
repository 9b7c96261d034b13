import { moneyToPay } from './money.js';
import type { Action, Row, Story } from './story.js';

const paymentWhere = (story: Story, condition: string, values: readonly unknown[] = []) =>
  story.anyRow(
    `
select p.id, p.invoice_id, p.amount_minor, p.refunded_minor, p.currency, p.next_action, p.stripe_payment_intent_id as intent,
  k.stripe_account_id as account
from payments p
left join connections k on k.environment_id = p.environment_id
  and k.id = p.connection_id
where p.environment_id = $1
  and ${condition}`,
    values,
  );

/** Stripe counts dinars in the same thousandths as we do, so its amount is ours in every currency of the story. */
const leftOf = (row: Row): bigint => (row.amount_minor as bigint) - (row.refunded_minor as bigint);

const STANDS_MILLISECONDS = 3_600_000;

/** What operators, payers and banks do about payments and what goes back of them. */
export const PAYMENT_ACTIONS: readonly Action[] = [
  {
    name: 'refund',
    weight: 8,
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
    weight: 4,
    async run(story) {
      const row = await paymentWhere(story, `p.status = 'succeeded' and p.kind <> 'offline'`);
      if (row === null || leftOf(row) < 1n) return null;
      const amount = Number(moneyToPay(story, leftOf(row), row.currency as string));
      const payment_intent = row.intent as string;
      await story.accountOf(row.account).inDashboard((stripe) => stripe.refunds.create({ payment_intent, amount }));
      return `${amount} of ${row.intent}`;
    },
  },
  {
    name: 'intent_cancelled_at_stripe',
    weight: 8,
    async run(story) {
      const { clock } = story.universe;
      // Mostly what has stood there for a while, and of which nothing else is about to be told.
      const before = story.random.chance(0.7) ? clock.machineNow() - STANDS_MILLISECONDS : clock.machineNow();
      const row = await paymentWhere(
        story,
        `p.stripe_payment_intent_id is not null and p.status in ('requires_action', 'failed') and p.created_at <= $2`,
        [new Date(before).toISOString()],
      );
      if (row === null) return null;
      const intent = row.intent as string;
      await story.accountOf(row.account).inDashboard((stripe) => stripe.paymentIntents.cancel(intent));
      return intent;
    },
  },
  {
    // A payer whose browser still holds the secret of an attempt that failed: he pays it after all, past everybody.
    name: 'intent_paid_at_stripe',
    weight: 10,
    async run(story) {
      const row = await paymentWhere(
        story,
        `p.stripe_payment_intent_id is not null and p.kind = 'automatic' and p.status in ('requires_action', 'failed', 'canceling')`,
      );
      if (row === null) return null;
      const intent = row.intent as string;
      const isPaid = await story
        .accountOf(row.account)
        .inDashboard((stripe) => stripe.paymentIntents.confirm(intent, { payment_method: 'pm_card_visa' }));
      if (isPaid) story.universe.witness.excuse(row.invoice_id as string);
      return `${intent} ${isPaid ? 'answered' : 'refused'}`;
    },
  },
  {
    name: 'payment_cancel',
    weight: 5,
    async run(story) {
      const row = await paymentWhere(story, `p.status in ('requires_action', 'awaiting_payer')`);
      if (row === null) return null;
      story.write('POST', `/v1/payments/${row.id}/cancel`, {});
      return row.id as string;
    },
  },
  {
    name: 'payment_release',
    weight: 15,
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
    weight: 20,
    async run(story) {
      const row = await paymentWhere(story, `p.status = 'requires_action' and p.kind = 'automatic'`);
      if (row === null) return null;
      story.write('POST', `/v1/payments/${row.id}/confirm_on_session`, { return_url: 'https://shop.example/back' });
      return row.id as string;
    },
  },
  {
    name: 'challenge_answered',
    weight: 25,
    async run(story) {
      const row = await paymentWhere(story, `p.status = 'requires_action' and p.next_action ->> 'url' is not null`);
      const url = (row?.next_action as { url?: string } | undefined)?.url;
      if (url === undefined) return null;
      const outcome = story.random.chance(0.6) ? 'complete' : 'fail';
      const page = await story.universe.visit('POST', url, { outcome });
      return `${outcome} answered ${page.status}`;
    },
  },
  {
    name: 'dispute_decided',
    weight: 20,
    async run(story) {
      const row = await story.anyRow(
        `
select d.id, d.stripe_dispute_id as dispute, k.stripe_account_id as account
from disputes d
join connections k on k.environment_id = d.environment_id
  and k.id = d.connection_id
where d.environment_id = $1
  and d.outcome is null`,
      );
      if (row === null) return null;
      const outcome = story.random.pick(['won', 'lost'] as const);
      const isDecided = story.accountOf(row.account).decideDispute(row.dispute as string, outcome);
      return `${row.dispute} ${isDecided ? outcome : 'was decided before'}`;
    },
  },
];
