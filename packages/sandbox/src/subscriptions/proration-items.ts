import { invoices } from '../resources/invoice.js';
import { discountFields } from '../resources/invoice-discounts.js';
import { type InvoiceItemObject, invoiceItems } from '../resources/invoice-item.js';
import { itemOfLine } from '../resources/invoice-line.js';
import type { Work } from '../work.js';
import type { Proration } from './proration-plan.js';
import { isItemized, type SubscriptionObject } from './subscription.js';
import type { Debit } from './subscription-item.js';

/** The invoice item a proration becomes; not kept. */
export const itemOfProration = (
  work: Work,
  subscription: SubscriptionObject,
  proration: Proration,
): InvoiceItemObject => ({
  id: work.newId('ii'),
  object: 'invoiceitem',
  amount: proration.amount,
  currency: subscription.currency,
  customer: subscription.customer,
  customer_account: null,
  date: work.now,
  description: proration.description,
  discountable: isItemized(subscription),
  invoice: null,
  livemode: work.account.livemode,
  metadata: {},
  net_amount: proration.amount,
  parent: {
    subscription_details: { subscription: subscription.id, subscription_item: proration.item.id },
    type: 'subscription_details',
  },
  period: proration.period,
  pricing: proration.pricing,
  proration: proration.kind !== 'usage',
  proration_details: { credited_items: creditedItems(work, proration.credited), discount_amounts: [] },
  quantity: proration.quantity,
  quantity_decimal: String(proration.quantity),
  tax_rates: proration.item.tax_rates,
  test_clock: subscription.test_clock,
  ...discountFields(isItemized(subscription) ? proration.item._applied : []),
});

type Credited = NonNullable<InvoiceItemObject['proration_details']>['credited_items'];

/** What was debited by an item that waits still is named by the item, the rest by its line. */
const creditedItems = (work: Work, debit: Debit | null): Credited => {
  if (debit === null) return null;
  const item = work.get(invoiceItems, debit.invoiceItem ?? '');
  if (item !== undefined && item.invoice === null) return { invoice_item: item.id, type: 'invoice_item' };
  const line = work.get(invoices, item?.invoice ?? '')?._lines.find((one) => itemOfLine(one) === item?.id);
  const named = { invoice: item?.invoice ?? debit.invoice, invoice_line_items: [line?.id ?? debit.line] };
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
