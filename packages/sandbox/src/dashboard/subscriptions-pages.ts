import { clockOf, customers } from '../resources/customers/customer.js';
import { type PriceObject, prices } from '../resources/products/price.js';
import { products } from '../resources/products/product.js';
import { isOver, periodEndOf, type SubscriptionObject, subscriptions } from '../subscriptions/subscription.js';
import type { SubscriptionItemObject } from '../subscriptions/subscription-item.js';
import type { DashboardPage, View } from './dashboard-page.js';
import type { Desk } from './desk.js';
import { filled, formOf } from './form.js';
import { type Html, html, type Part } from './html.js';
import { amountText } from './products-pages.js';
import { copied, factsOf, linkOf, tableOf, timeOf } from './table.js';

export const subscriptionsPage: DashboardPage = {
  section: 'subscriptions',
  title: () => 'Subscriptions',
  body: ({ desk }) => subscriptionTable(desk, desk.latest(subscriptions)),
};

/** Those of a customer, too, on the customer's page. */
export const subscriptionTable = (desk: Desk, list: readonly SubscriptionObject[]): Html =>
  tableOf(
    'Subscriptions',
    ['Subscription', 'Customer', 'Price', 'State', 'Period ends'],
    list.map((one) => [
      linkOf(desk.path('subscriptions', one.id), one.id),
      linkOf(desk.path('customers', one.customer), customerName(desk, one.customer)),
      one._items.map((item) => itemText(desk, item)).join(', '),
      stateOf(one),
      timeOf(periodEndOf(one)),
    ]),
  );

const customerName = (desk: Desk, id: string): string => {
  const customer = desk.work.get(customers, id);
  return customer?.name ?? customer?.email ?? id;
};

const itemText = (desk: Desk, { price: id, quantity }: SubscriptionItemObject): string => {
  const price = desk.work.get(prices, id);
  const count = quantity === undefined || quantity === 1 ? '' : `${quantity} × `;
  return price === undefined ? id : `${count}${priceText(desk, price)}`;
};

const priceText = (desk: Desk, price: PriceObject): string => {
  const product = desk.work.get(products, String(price.product));
  return `${price.nickname ?? product?.name ?? price.id}, ${amountText(price)}`;
};

const stateOf = ({ status }: SubscriptionObject): Html => {
  const isGood = status === 'active' || status === 'trialing';
  return html`<span class="state${isGood ? '' : ' bad'}">${status.replaceAll('_', ' ')}</span>`;
};

const prorations = {
  create_prorations: 'on the next invoice',
  always_invoice: 'at once',
  none: 'never',
};

export const subscriptionPage: DashboardPage = {
  section: 'subscriptions',
  title: () => 'Subscription',
  body: (view) => {
    const { desk } = view;
    const one = subscriptionOf(view);
    const { id, customer, latest_invoice: invoice, cancel_at: cancelsAt, trial_end: trialEnd } = one;
    const invoiceLink: Part = invoice === null ? '' : linkOf(desk.path('objects', 'invoice', invoice), invoice);
    return html`${factsOf({
      Id: copied(id),
      Customer: linkOf(desk.path('customers', customer), customerName(desk, customer)),
      State: stateOf(one),
      'Its time': timeOf(timeAt(desk, one)),
      'Trial ends': trialEnd === null ? '' : timeOf(trialEnd),
      'Period ends': timeOf(periodEndOf(one)),
      Ends: cancelsAt === null ? '' : timeOf(cancelsAt),
      'Latest invoice': invoiceLink,
      Everything: linkOf(desk.path('objects', 'subscription', id), 'as JSON'),
    })}
<h2>Prices</h2>
${tableOf(
  'Prices',
  ['Item', 'Price'],
  one._items.map((item) => [copied(item.id), itemText(desk, item)]),
)}
${isOver(one) ? null : changesOf(view, one)}`;
  },
  actions: {
    price: {
      done: 'The price was changed.',
      act: ({ desk, path, form }) => {
        const {
          item = '',
          price = '',
          quantity = '',
          proration_behavior,
        } = filled(form, ['item', 'price', 'quantity', 'proration_behavior']);
        desk.api('POST', subscriptionPath(path), {
          'items[0][id]': item,
          'items[0][price]': price,
          ...(quantity === '' ? {} : { 'items[0][quantity]': quantity }),
          ...(proration_behavior === undefined ? {} : { proration_behavior }),
        });
        return undefined;
      },
    },
    cancel_later: {
      done: 'It ends with its period.',
      act: ({ desk, path }) => {
        desk.api('POST', subscriptionPath(path), { cancel_at_period_end: 'true' });
        return undefined;
      },
    },
    keep: {
      done: 'It goes on.',
      act: ({ desk, path }) => {
        desk.api('POST', subscriptionPath(path), { cancel_at_period_end: 'false' });
        return undefined;
      },
    },
    cancel: {
      done: 'It was canceled.',
      act: ({ desk, path }) => {
        desk.api('DELETE', subscriptionPath(path));
        return undefined;
      },
    },
  },
};

const subscriptionOf = ({ desk, path }: View): SubscriptionObject =>
  desk.work.require(subscriptions, path.subscription ?? '');

const subscriptionPath = ({ subscription = '' }: Readonly<Record<string, string>>): string =>
  `/v1/subscriptions/${encodeURIComponent(subscription)}`;

/** That of its customer's test clock, when there is one. */
const timeAt = (desk: Desk, one: SubscriptionObject): number => {
  const customer = desk.work.get(customers, one.customer);
  return customer === undefined ? desk.now : desk.work.onClock(clockOf(customer)).now;
};

const changesOf = (view: View, one: SubscriptionObject): Html => {
  const { desk } = view;
  const recurring = desk.latest(prices).filter(({ active, recurring: rhythm }) => active && rhythm !== null);
  const options = Object.fromEntries(recurring.map((price) => [price.id, priceText(desk, price)]));
  const items = Object.fromEntries(one._items.map((item) => [item.id, itemText(desk, item)]));
  const isEnding = one.cancel_at_period_end;
  return html`<h2>Change a price</h2>
${formOf(view, {
  action: 'price',
  button: 'Change price',
  fields: [
    { name: 'item', label: 'Instead of', options: items },
    { name: 'price', label: 'New price', options },
    { name: 'quantity', label: 'Quantity', type: 'number', hint: 'Left empty, as before', required: false },
    { name: 'proration_behavior', label: 'What the rest of the period costs is billed', options: prorations },
  ],
})}
<h2>Cancel it</h2>
${isEnding ? formOf(view, { action: 'keep', button: 'Do not cancel' }) : formOf(view, { action: 'cancel_later', button: 'Cancel at the end of the period' })}
${formOf(view, { action: 'cancel', button: 'Cancel now', isFinal: true })}`;
};
