import { type InvoiceItemObject, invoiceItems } from '../resources/invoice-items/invoice-item.js';
import { invoices } from '../resources/invoices/invoice.js';
import { discountFields, shownAmount, type TakenAmount } from '../resources/invoices/invoice-discounts.js';
import { type InvoiceLine, itemOfLine } from '../resources/invoices/invoice-line.js';
import { sumOf } from '../resources/invoices/invoice-totals.js';
import type { Work } from '../work.js';
import { unusedAmount } from './proration.js';
import type { Proration } from './proration-plan.js';
import { isItemized, type SubscriptionObject } from './subscription.js';
import type { Debit } from './subscription-item.js';

/** The invoice item a proration becomes; not kept. */
export const itemOfProration = (
  work: Work,
  subscription: SubscriptionObject,
  proration: Proration,
): InvoiceItemObject => {
  const taken = isItemized(subscription) ? takenOfCredited(work, proration) : undefined;
  const isDiscountable = isItemized(subscription) && taken === undefined;
  return {
    id: work.newId('ii'),
    object: 'invoiceitem',
    amount: proration.amount,
    currency: subscription.currency,
    customer: subscription.customer,
    customer_account: null,
    date: work.now,
    description: proration.description,
    discountable: isDiscountable,
    invoice: null,
    livemode: work.account.livemode,
    metadata: {},
    net_amount: proration.amount - sumOf(taken ?? []),
    parent: {
      subscription_details: { subscription: subscription.id, subscription_item: proration.item.id },
      type: 'subscription_details',
    },
    period: proration.period,
    pricing: proration.pricing,
    proration: proration.kind !== 'usage',
    proration_details: {
      credited_items: creditedItems(work, proration.credited),
      discount_amounts: (taken ?? []).map(shownAmount),
    },
    quantity: proration.quantity,
    quantity_decimal: String(proration.quantity),
    tax_rates: proration.item.tax_rates,
    test_clock: subscription.test_clock,
    ...discountFields(isDiscountable ? proration.item._applied : []),
    ...(taken === undefined ? {} : { _taken: taken }),
  };
};

/**
 * What a credit takes back less, where prorations are shown gross: its share of the discounts that lowered its debit,
 * though they be over by now. Undefined for what is debited, and for a debit that waits to be invoiced beside its credit.
 * https://docs.stripe.com/api/subscriptions/migrate (billing_mode.flexible.proration_discounts)
 */
const takenOfCredited = (work: Work, { amount, credited }: Proration): TakenAmount[] | undefined => {
  if (credited === null) return undefined;
  if (credited.isNet === true) return [];
  const waiting = work.get(invoiceItems, credited.invoiceItem ?? '');
  if (waiting?.invoice === null) return waiting.discountable ? undefined : [];
  const line = lineOfDebit(work, credited);
  if (line === undefined || line.amount === 0) return [];
  const period = { start: 0, end: line.amount };
  return line.discount_amounts
    .map((one) => ({
      discount: one.discount,
      amount: unusedAmount({ amount: one.amount, period }, line.amount + amount),
      isOfLine: line.discounts.includes(one.discount),
    }))
    .filter((one) => one.amount !== 0);
};

const lineOfDebit = (work: Work, debit: Debit): InvoiceLine | undefined => {
  const item = work.get(invoiceItems, debit.invoiceItem ?? '');
  const lines = work.get(invoices, item?.invoice ?? debit.invoice)?._lines;
  return lines?.find((one) => (item === undefined ? one.id === debit.line : itemOfLine(one) === item.id));
};

type Credited = NonNullable<InvoiceItemObject['proration_details']>['credited_items'];

/** What was debited by an item that waits still is named by the item, the rest by its line. */
const creditedItems = (work: Work, debit: Debit | null): Credited => {
  if (debit === null) return null;
  const item = work.get(invoiceItems, debit.invoiceItem ?? '');
  if (item !== undefined && item.invoice === null) return { invoice_item: item.id, type: 'invoice_item' };
  const lineId = lineOfDebit(work, debit)?.id ?? debit.line;
  const named = { invoice: item?.invoice ?? debit.invoice, invoice_line_items: [lineId] };
  return { invoice_line_item_details: named, type: 'invoice_line_items' };
};

/** Keeps prorations until an invoice takes them up, and tells of them. */
export const putProrations = (
  work: Work,
  subscription: SubscriptionObject,
  prorations: readonly Proration[],
): InvoiceItemObject[] => {
  const items = prorations.map((proration) => itemOfProration(work, subscription, proration));
  for (const item of items) {
    work.put(invoiceItems, item);
    work.emit('invoiceitem.created', item);
  }
  return items;
};

/** What a waiting item charges for time to come. */
export const debitOfItem = (item: InvoiceItemObject): Debit => ({
  amount: item.amount,
  period: item.period,
  line: item.id,
  invoice: '',
  invoiceItem: item.id,
});
