import { RETURN_URL } from './attempts.js';
import { moneyToPay } from './money.js';
import type { Action, Row, Story } from './story.js';

export const invoiceWhere = (story: Story, condition: string) =>
  story.anyRow(`select id, currency, total_minor, paid_minor from invoices where environment_id = $1 and ${condition}`);

/** A plain act on one invoice that fits. */
const onInvoice = (
  name: string,
  weight: number,
  options: {
    readonly where: string;
    /** Half of the time one of these, if there is one: what would seldom come about by itself. */
    readonly rather?: string;
    readonly path: string;
    readonly body?: (story: Story, row: Row) => unknown;
  },
): Action => ({
  name,
  weight,
  async run(story) {
    const { where, rather } = options;
    const isRare = rather !== undefined && story.random.chance(0.5);
    const rare = isRare ? await invoiceWhere(story, `${where} and ${rather}`) : null;
    const row = rare ?? (await invoiceWhere(story, where));
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

const anyCustomer = (story: Story, condition: string) =>
  story.anyRow(`select id from customers where environment_id = $1 and deleted_at is null and ${condition}`);

const withCard = (last4: string) => `exists (
  select 1
  from payment_methods m
  where m.environment_id = customers.environment_id
    and m.id = customers.default_payment_method_id
    and m.last4 = '${last4}'
)`;
const WITH_ANY_CARD = 'default_payment_method_id is not null';
/** Mostly those who can pay, and more often than they are many those whose bank asks them, or who contest it afterwards. */
const PAYERS: readonly string[] = [
  withCard('3184'),
  withCard('3184'),
  withCard('3184'),
  withCard('3184'),
  withCard('3184'),
  withCard('3184'),
  withCard('3184'),
  withCard('3184'),
  withCard('3184'),
  withCard('3184'),
  withCard('0259'),
  withCard('0259'),
  withCard('0259'),
  withCard('0259'),
  withCard('0341'),
  withCard('0341'),
  withCard('4242'),
  withCard('4242'),
  WITH_ANY_CARD,
  WITH_ANY_CARD,
  'true',
];

/** Who pays on a page what his card could pay by itself. */
const PAYERS_WITH_PAGE = [withCard('4242'), withCard('4242'), withCard('0259'), withCard('3184'), WITH_ANY_CARD];

/** An invoice for one of the customers. */
async function someInvoice(story: Story, more: Readonly<Record<string, unknown>>, payers = PAYERS) {
  const { random } = story;
  const payer = random.pick(payers);
  const row =
    (await anyCustomer(story, payer)) ??
    (await anyCustomer(story, WITH_ANY_CARD)) ??
    (await anyCustomer(story, 'true'));
  if (row === null) return null;
  const currency = random.pick(CURRENCIES);
  return {
    customer_id: row.id,
    currency,
    collection_method: random.chance(0.9) ? 'charge_automatically' : 'send_invoice',
    ...(random.chance(0.3) ? { days_until_due: random.pick([0, 1, 14]) } : {}),
    lines: someLines(story, currency),
    ...more,
  };
}

/** Invoices with a payment `p` like this. */
export const withPayment = (condition: string) => `exists (
  select 1
  from payments p
  where p.environment_id = invoices.environment_id
    and p.invoice_id = invoices.id
    and ${condition}
)`;
const PRESSES_MAX = 3;
const DECLINED = `status = 'finalized'
  and payment_status = 'failed'
  and ${withPayment(`p.status = 'failed' and p.stripe_payment_intent_id is not null`)}`;

/** One that pays, one that is contested afterwards, one whose bank asks first: there the payer stands then. */
const QUICK_CARDS = ['4242424242424242', '4242424242424242', '4000000000000259', '4000002760003184'];

/** What host applications do about invoices, and payers on the page of one. */
export const INVOICE_ACTIONS: readonly Action[] = [
  {
    name: 'invoice_create',
    weight: 18,
    async run(story) {
      const invoice = await someInvoice(story, { finalize: story.random.chance(0.65) });
      if (invoice === null) return null;
      story.write('POST', '/v1/invoices', invoice);
      return invoice.currency;
    },
  },
  {
    // The host hears of a new invoice and sends its payer to a page, while the invoice is charged by itself.
    name: 'invoice_with_page',
    weight: 4.2,
    async run(story) {
      const automatic = { finalize: true, collection_method: 'charge_automatically' };
      const invoice = await someInvoice(story, automatic, PAYERS_WITH_PAGE);
      if (invoice === null) return null;
      const { tenant } = story;
      const isQuick = story.random.chance(0.7);
      const form = { card: story.random.pick(QUICK_CARDS), expiry: '12/34', cvc: '123', email: 'payer@example.com' };
      let isPaged = false;
      story.write('POST', '/v1/invoices', invoice, ({ status, body }) => {
        if (status !== 201 || isPaged) return;
        isPaged = true;
        const path = `/v1/invoices/${body.id}/payment_session`;
        story.writeAs(tenant, { method: 'POST', path, body: {} }, async (reply) => {
          const url = reply.body.session?.url as string | undefined;
          if (isQuick && url !== undefined) await story.universe.visit('POST', url, form);
        });
      });
      return `${invoice.currency} ${isQuick ? 'paid at once' : 'for later'}`;
    },
  },
  {
    name: 'draft_edit',
    weight: 6.5,
    async run(story) {
      const row = await invoiceWhere(story, `status = 'draft'`);
      if (row === null) return null;
      story.write('PATCH', `/v1/invoices/${row.id}`, { lines: someLines(story, row.currency as string) });
      return row.id as string;
    },
  },
  {
    name: 'draft_delete',
    weight: 7,
    async run(story) {
      const row = await invoiceWhere(story, `status = 'draft'`);
      if (row === null) return null;
      story.write('DELETE', `/v1/invoices/${row.id}`, undefined);
      return row.id as string;
    },
  },
  onInvoice('invoice_finalize', 6, { where: `status = 'draft'`, path: 'finalize' }),
  {
    name: 'invoice_pay',
    weight: 5,
    async run(story) {
      const declined = story.random.chance(0.6) ? await invoiceWhere(story, DECLINED) : null;
      const row = declined ?? (await invoiceWhere(story, `status in ('finalized', 'uncollectible')`));
      if (row === null) return null;
      const { tenant } = story;
      const presses = 1 + story.random.below(PRESSES_MAX);
      // Whoever is declined presses the button again, and whom his bank asks is mostly sent on to it.
      const isSentOn = story.random.chance(0.7);
      const press = (left: number): void =>
        story.writeAs(tenant, { method: 'POST', path: `/v1/invoices/${row.id}/pay`, body: {} }, ({ body }) => {
          if (body.payment_status === 'failed' && left > 1) press(left - 1);
          if (body.payment_status !== 'requires_action' || !isSentOn) return;
          const path = `/v1/payments/${body.open_payment_id}/confirm_on_session`;
          story.writeAs(tenant, { method: 'POST', path, body: { return_url: RETURN_URL } });
        });
      press(presses);
      return `${row.id} up to ${presses} times`;
    },
  },
  onInvoice('invoice_void', 2.5, { where: `status in ('finalized', 'uncollectible')`, path: 'void' }),
  onInvoice('invoice_uncollectible', 2, { where: `status = 'finalized'`, path: 'mark_uncollectible' }),
  onInvoice('payment_session', 5, {
    where: `status in ('finalized', 'uncollectible') and open_payment_id is null`,
    path: 'payment_session',
  }),
  onInvoice('credit_note', 4, {
    where: `status in ('finalized', 'paid') and total_minor > 0`,
    // What a card paid can go back to it.
    rather: withPayment(`p.status = 'succeeded' and p.kind <> 'offline' and p.refunded_minor = 0`),
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
    weight: 3,
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
