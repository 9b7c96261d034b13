import type { Action, Story } from './story.js';
import { outside } from './story-customers.js';

const invoiceWhere = (story: Story, condition: string) =>
  story.anyRow(`select id, total_minor, paid_minor from invoices where environment_id = $1 and ${condition}`);

/** A plain act on one invoice that fits. */
const onInvoice = (
  name: string,
  weight: number,
  options: {
    readonly where: string;
    readonly path: string;
    readonly body?: (story: Story, row: Record<string, unknown>) => unknown;
  },
): Action => ({
  name,
  weight,
  async run(story) {
    const row = await invoiceWhere(story, options.where);
    if (row === null) return null;
    story.write('POST', `/v1/invoices/${row.id}/${options.path}`, options.body?.(story, row) ?? {});
    return row.id as string;
  },
});

/** What operators and host applications do about invoices and their money. */
export const INVOICE_ACTIONS: readonly Action[] = [
  {
    name: 'invoice_create',
    weight: 12,
    async run(story) {
      const { random } = story.universe;
      const row = await story.anyRow('select id from customers where environment_id = $1 and deleted_at is null');
      if (row === null) return null;
      const currency = random.pick(['eur', 'eur', 'usd', 'jpy']);
      const unitAmount = random.pick([0, 20, 1000, 4999, 12_345, 1_000_000]);
      story.write('POST', '/v1/invoices', {
        customer_id: row.id,
        currency,
        collection_method: random.chance(0.85) ? 'charge_automatically' : 'send_invoice',
        lines: [
          {
            description: 'Service',
            quantity: String(1 + random.below(3)),
            unit_amount: String(unitAmount),
            tax_rate_percent: random.pick(['0', '7', '19', '8.1']),
            tax_behaviour: random.pick(['exclusive', 'inclusive']),
          },
        ],
        finalize: random.chance(0.8),
      });
      return `${unitAmount} ${currency}`;
    },
  },
  onInvoice('invoice_finalize', 3, { where: `status = 'draft'`, path: 'finalize' }),
  onInvoice('invoice_pay', 6, { where: `status in ('finalized', 'uncollectible')`, path: 'pay' }),
  onInvoice('invoice_void', 2, { where: `status in ('finalized', 'uncollectible')`, path: 'void' }),
  onInvoice('invoice_uncollectible', 1, { where: `status = 'finalized'`, path: 'mark_uncollectible' }),
  onInvoice('payment_session', 4, { where: `status = 'finalized'`, path: 'payment_session' }),
  onInvoice('offline_payment', 2, {
    where: `status = 'finalized' and total_minor > paid_minor`,
    path: 'offline_payments',
    body: (story, row) => {
      const due = Number((row.total_minor as bigint) - (row.paid_minor as bigint));
      return {
        amount: story.universe.random.chance(0.5) ? due : Math.max(1, Math.floor(due / 2)),
        reference: 'transfer',
      };
    },
  }),
  onInvoice('credit_note', 2, {
    where: `status in ('finalized', 'paid') and total_minor > 0`,
    path: 'credit_notes',
    body: (story, row) => ({
      amount: 1 + story.universe.random.below(Math.max(1, Math.floor(Number(row.total_minor as bigint) / 3))),
      reason: 'order_change',
      settle_by: story.universe.random.chance(0.5) ? 'refund' : 'credit',
    }),
  }),
  {
    name: 'refund',
    weight: 8,
    async run(story) {
      const { random } = story.universe;
      const row = await story.anyRow(
        `select id, amount_minor, refunded_minor from payments where environment_id = $1 and status = 'succeeded'`,
      );
      if (row === null) return null;
      const left = Number((row.amount_minor as bigint) - (row.refunded_minor as bigint));
      const amount = random.chance(0.5) ? left : 1 + random.below(Math.max(1, left));
      if (amount < 1) return null;
      story.write('POST', '/v1/refunds', { payment_id: row.id, amount, reason: 'requested_by_customer' });
      return `${amount} of ${row.id}`;
    },
  },
  {
    name: 'refund_at_stripe',
    weight: 3,
    async run(story) {
      const row = await story.anyRow(
        `select stripe_payment_intent_id as intent, amount_minor from payments where environment_id = $1 and status = 'succeeded' and kind <> 'offline'`,
      );
      if (row === null) return null;
      const amount = 1 + story.universe.random.below(Number(row.amount_minor as bigint));
      await outside(() => story.stripe.refunds.create({ payment_intent: row.intent as string, amount }));
      return `${amount} of ${row.intent}`;
    },
  },
  {
    name: 'intent_cancelled_at_stripe',
    weight: 2,
    async run(story) {
      const row = await story.anyRow(
        `select stripe_payment_intent_id as intent from payments where environment_id = $1 and stripe_payment_intent_id is not null and status in ('requires_action', 'failed')`,
      );
      if (row === null) return null;
      await outside(() => story.stripe.paymentIntents.cancel(row.intent as string));
      return row.intent as string;
    },
  },
  {
    name: 'payment_cancel',
    weight: 4,
    async run(story) {
      const row = await story.anyRow(
        `select id from payments where environment_id = $1 and status in ('requires_action', 'awaiting_payer')`,
      );
      if (row === null) return null;
      story.write('POST', `/v1/payments/${row.id}/cancel`, {});
      return row.id as string;
    },
  },
  {
    name: 'confirm_on_session',
    weight: 3,
    async run(story) {
      const row = await story.anyRow(
        `select id from payments where environment_id = $1 and status in ('requires_action', 'failed')`,
      );
      if (row === null) return null;
      story.write('POST', `/v1/payments/${row.id}/confirm_on_session`, { return_url: 'https://shop.example/back' });
      return row.id as string;
    },
  },
  {
    name: 'challenge_answered',
    weight: 4,
    async run(story) {
      const row = await story.anyRow(
        `select next_action from payments where environment_id = $1 and status = 'requires_action' and next_action ->> 'url' is not null`,
      );
      const url = (row?.next_action as { url?: string } | undefined)?.url;
      if (url === undefined) return null;
      const outcome = story.universe.random.chance(0.7) ? 'complete' : 'fail';
      const page = story.universe.visit('POST', url, { outcome });
      return `${outcome} answered ${page.status}`;
    },
  },
];
