import type Stripe from 'stripe';
import type { Expected, ExpectedLine } from './billing-case.js';

interface Ids {
  readonly customer: string;
  readonly subscription: string | undefined;
}

interface Asked {
  readonly expected: Expected;
  readonly preview: Stripe.Invoice | undefined;
}

/** What is there, in the words of what was expected and of that only. */
export const found = async (stripe: Stripe, ids: Ids, { expected, preview }: Asked): Promise<Expected> => {
  const invoices = (await stripe.invoices.list({ customer: ids.customer, limit: 100 })).data;
  const invoice = preview ?? invoices[0];
  const lines = invoice?.lines.data ?? [];
  const subscription =
    ids.subscription === undefined ? undefined : await stripe.subscriptions.retrieve(ids.subscription);
  const looks: { readonly [Name in keyof Expected]-?: () => unknown } = {
    ...subscriptionLooks(subscription),
    invoices: () => invoices.length,
    lines: () => shownAs(expected.lines ?? [], lines),
    subtotal: () => invoice?.subtotal,
    total: () => invoice?.total,
    taxes: () => sum(invoice?.total_taxes ?? []),
    discounts: () => sum(invoice?.total_discount_amounts ?? []),
    lineDiscounts: () =>
      [...lines].sort((one, other) => one.amount - other.amount).map((line) => sum(line.discount_amounts ?? [])),
    due: () => invoice?.amount_due,
    paid: () => invoice?.amount_paid,
    startingBalance: () => invoice?.starting_balance,
    endingBalance: () => invoice?.ending_balance,
    invoiceStatus: () => invoice?.status,
    reason: () => invoice?.billing_reason,
    described: () => beginningsOf(lines, expected.described ?? ''),
    pending: async () => {
      const items = await stripe.invoiceItems.list({ customer: ids.customer, pending: true, limit: 100 });
      return items.data.map((item) => item.amount).sort((one, other) => one - other);
    },
    balance: async () => {
      const customer = await stripe.customers.retrieve(ids.customer);
      return customer.deleted === true ? undefined : customer.balance;
    },
    creditsNamed: () => creditsNamed(lines, invoices),
  };
  const names = Object.keys(expected) as (keyof Expected)[];
  const seen = await Promise.all(names.map(async (name) => [name, await looks[name]()] as const));
  return Object.fromEntries(seen) as Expected;
};

const subscriptionLooks = (subscription: Stripe.Subscription | undefined) => ({
  status: () => subscription?.status,
  anchor: () => timeOf(subscription?.billing_cycle_anchor),
  periods: () =>
    [...(subscription?.items.data ?? [])]
      .sort((one, other) => one.created - other.created)
      .map((item) => [timeOf(item.current_period_start), timeOf(item.current_period_end)]),
  trial: () => [timeOf(subscription?.trial_start), timeOf(subscription?.trial_end)],
  cancelAt: () => timeOf(subscription?.cancel_at),
  pendingUpdate: () => (subscription?.pending_update ?? null) !== null,
  discounted: () => (subscription?.discounts.length ?? 0) > 0,
});

/** Lines in the order of their amounts, with their days where the case names them. */
const shownAs = (expected: readonly ExpectedLine[], lines: readonly Stripe.InvoiceLineItem[]): unknown[] => {
  const forms = new Map(expected.map((line) => (typeof line === 'number' ? [line, false] : [line[0], true])));
  return [...lines]
    .sort((one, other) => one.amount - other.amount)
    .map((line) =>
      forms.get(line.amount) === true ? [line.amount, timeOf(line.period.start), timeOf(line.period.end)] : line.amount,
    );
};

/** What all lines begin with, as far as the words go; all that they begin with when it is not the same. */
const beginningsOf = (lines: readonly Stripe.InvoiceLineItem[], words: string): string | undefined => {
  const beginnings = [...new Set(lines.map((line) => (line.description ?? '').slice(0, words.length)))];
  return beginnings.length === 0 ? undefined : beginnings.join(' | ');
};

/** Undefined where there is no credit, of which nothing can be said. */
const creditsNamed = (
  lines: readonly Stripe.InvoiceLineItem[],
  invoices: readonly Stripe.Invoice[],
): boolean | undefined => {
  const credits = lines.filter((line) => line.amount < 0);
  return credits.length === 0 ? undefined : credits.every((line) => namesItsDebit(line, invoices));
};

const namesItsDebit = (line: Stripe.InvoiceLineItem, invoices: readonly Stripe.Invoice[]): boolean => {
  const details = line.parent?.invoice_item_details ?? line.parent?.subscription_item_details;
  const named = details?.proration_details?.credited_items;
  const charging = invoices.find((invoice) => invoice.id === named?.invoice);
  const known = charging?.lines.data.map((one) => one.id) ?? [];
  const ids = named?.invoice_line_items ?? [];
  return ids.length > 0 && ids.every((id) => known.includes(id));
};

const sum = (amounts: readonly { readonly amount: number }[]): number =>
  amounts.reduce((total, one) => total + one.amount, 0);

const midnight = 'T00:00:00.000Z';

/** As the cases write it: the day alone at midnight, hour and minute otherwise. */
const timeOf = (seconds: number | null | undefined): string | null => {
  if (seconds === null || seconds === undefined) return null;
  const text = new Date(seconds * 1000).toISOString();
  return text.endsWith(midnight) ? text.slice(0, 10) : text.slice(0, 16);
};
