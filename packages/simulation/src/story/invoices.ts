import { moneyToPay } from './money.js';
import type { Action, Row, Story } from './story.js';

const invoiceWhere = (story: Story, condition: string) =>
  story.anyRow(`select id, currency, total_minor, paid_minor from invoices where environment_id = $1 and ${condition}`);

/** A plain act on one invoice that fits. */
const onInvoice = (
  name: string,
  weight: number,
  options: {
    readonly where: string;
    readonly path: string;
    readonly body?: (story: Story, row: Row) => unknown;
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

/** Unit amounts in the currency's own unit, each one that Stripe can take where it stands alone. */
const UNIT_AMOUNTS = ['0', '20', '1000', '4999.5', '12345', '1000000'];
/** Of two, of no and of three digits. */
const CURRENCIES = ['eur', 'eur', 'eur', 'usd', 'jpy', 'kwd'];

function someLines(story: Story, currency: string) {
  const { random } = story;
  const behaviour = random.pick(['exclusive', 'exclusive', 'inclusive', 'reverse_charge']);
  return Array.from({ length: 1 + random.below(3) }, () => ({
    description: 'Service',
    quantity: random.pick(['1', '2', '3', '0.25']),
    unit_amount: currency === 'kwd' ? random.pick(['1000', '12340']) : random.pick(UNIT_AMOUNTS),
    tax_rate_percent: currency === 'kwd' || behaviour === 'reverse_charge' ? '0' : random.pick(['0', '7', '19', '8.1']),
    tax_behaviour: behaviour,
  }));
}

/** An invoice for one of the customers, mostly for one who can pay: what stands in the way is a smaller part of the story. */
async function someInvoice(story: Story, more: Readonly<Record<string, unknown>>) {
  const { random } = story;
  const canPay = random.chance(0.75) ? 'default_payment_method_id is not null' : 'true';
  const row =
    (await story.anyRow(`select id from customers where environment_id = $1 and deleted_at is null and ${canPay}`)) ??
    (await story.anyRow('select id from customers where environment_id = $1 and deleted_at is null'));
  if (row === null) return null;
  const currency = random.pick(CURRENCIES);
  return {
    customer_id: row.id,
    currency,
    collection_method: random.chance(0.85) ? 'charge_automatically' : 'send_invoice',
    ...(random.chance(0.3) ? { days_until_due: random.pick([0, 1, 14]) } : {}),
    lines: someLines(story, currency),
    ...more,
  };
}

const PRESSES_MAX = 3;
const DECLINED = `status = 'finalized'
  and payment_status = 'failed'
  and exists (
    select 1
    from payments p
    where p.environment_id = invoices.environment_id
      and p.invoice_id = invoices.id
      and p.status = 'failed'
      and p.stripe_payment_intent_id is not null
  )`;

const PAYER_WITH_A_GOOD_CARD = { card: '4242424242424242', expiry: '12/34', cvc: '123', email: 'payer@example.com' };

/** What host applications do about invoices, and payers on the page of one. */
export const INVOICE_ACTIONS: readonly Action[] = [
  {
    name: 'invoice_create',
    weight: 16,
    async run(story) {
      const invoice = await someInvoice(story, { finalize: story.random.chance(0.75) });
      if (invoice === null) return null;
      story.write('POST', '/v1/invoices', invoice);
      return invoice.currency;
    },
  },
  {
    // The host hears of a new invoice and sends its payer to a page, while the invoice is charged by itself.
    name: 'invoice_with_page',
    weight: 5,
    async run(story) {
      const invoice = await someInvoice(story, { finalize: true, collection_method: 'charge_automatically' });
      if (invoice === null) return null;
      const { tenant } = story;
      const isQuick = story.random.chance(0.6);
      let isPaged = false;
      story.write('POST', '/v1/invoices', invoice, ({ status, body }) => {
        if (status !== 201 || isPaged) return;
        isPaged = true;
        const path = `/v1/invoices/${body.id}/payment_session`;
        story.writeAs(tenant, { method: 'POST', path, body: {} }, async (reply) => {
          const url = reply.body.session?.url as string | undefined;
          if (isQuick && url !== undefined) await story.universe.visit('POST', url, PAYER_WITH_A_GOOD_CARD);
        });
      });
      return `${invoice.currency} ${isQuick ? 'paid at once' : 'for later'}`;
    },
  },
  {
    name: 'draft_edit',
    weight: 4,
    async run(story) {
      const row = await invoiceWhere(story, `status = 'draft'`);
      if (row === null) return null;
      story.write('PATCH', `/v1/invoices/${row.id}`, { lines: someLines(story, row.currency as string) });
      return row.id as string;
    },
  },
  {
    name: 'draft_delete',
    weight: 3,
    async run(story) {
      const row = await invoiceWhere(story, `status = 'draft'`);
      if (row === null) return null;
      story.write('DELETE', `/v1/invoices/${row.id}`, undefined);
      return row.id as string;
    },
  },
  onInvoice('invoice_finalize', 4, { where: `status = 'draft'`, path: 'finalize' }),
  {
    name: 'invoice_pay',
    weight: 6,
    async run(story) {
      const declined = story.random.chance(0.6) ? await invoiceWhere(story, DECLINED) : null;
      const row = declined ?? (await invoiceWhere(story, `status in ('finalized', 'uncollectible')`));
      if (row === null) return null;
      const { tenant } = story;
      const presses = 1 + story.random.below(PRESSES_MAX);
      // Whoever is declined presses the button again.
      const press = (left: number): void =>
        story.writeAs(tenant, { method: 'POST', path: `/v1/invoices/${row.id}/pay`, body: {} }, ({ body }) => {
          if (body.payment_status === 'failed' && left > 1) press(left - 1);
        });
      press(presses);
      return `${row.id} up to ${presses} times`;
    },
  },
  onInvoice('invoice_void', 3, { where: `status in ('finalized', 'uncollectible')`, path: 'void' }),
  onInvoice('invoice_uncollectible', 2, { where: `status = 'finalized'`, path: 'mark_uncollectible' }),
  onInvoice('payment_session', 9, {
    where: `status in ('finalized', 'uncollectible') and open_payment_id is null`,
    path: 'payment_session',
  }),
  onInvoice('offline_payment', 4, {
    where: `status = 'finalized' and total_minor > paid_minor + credited_minor`,
    path: 'offline_payments',
    body: (story, row) => {
      const due = (row.total_minor as bigint) - (row.paid_minor as bigint);
      return { amount: Number(moneyToPay(story, due, row.currency as string)), reference: 'transfer' };
    },
  }),
  onInvoice('credit_note', 5, {
    where: `status in ('finalized', 'paid') and total_minor > 0`,
    path: 'credit_notes',
    body: (story, row) => {
      const part = story.random.chance(0.5) ? (row.total_minor as bigint) : (row.total_minor as bigint) / 3n;
      return {
        amount: Number(moneyToPay(story, part > 0n ? part : 1n, row.currency as string)),
        reason: 'order_change',
        settle_by: story.random.chance(0.5) ? 'refund' : 'credit',
      };
    },
  }),
  {
    name: 'invoice_page',
    weight: 6,
    async run(story) {
      const row = await invoiceWhere(story, `status in ('finalized', 'paid')`);
      if (row === null) return null;
      // A payer with the link in his mail: he looks, and half of them press the button.
      const isPaying = story.random.chance(0.6);
      story.read(`/v1/invoices/${row.id}/payment_link`, (reply) => {
        const url = reply.body.url as string | undefined;
        if (url === undefined) return;
        const { pathname } = new URL(url);
        story.universe.request(isPaying ? 'POST' : 'GET', isPaying ? pathname : `${pathname}?returned=1`, undefined, {
          headers: isPaying ? { 'content-type': 'application/x-www-form-urlencoded' } : {},
        });
      });
      return `${row.id} ${isPaying ? 'pays' : 'comes back'}`;
    },
  },
];
