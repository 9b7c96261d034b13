import { moneyText } from '../pages/money-text.js';
import { type PriceObject, prices } from '../resources/products/price.js';
import { products } from '../resources/products/product.js';
import type { DashboardPage } from './dashboard-page.js';
import type { Desk } from './desk.js';
import { buttonOf, filled, formOf } from './form.js';
import { html } from './html.js';
import { copied, factsOf, linkOf, tableOf } from './table.js';

export const productsPage: DashboardPage = {
  section: 'products',
  title: () => 'Products',
  body: (view) => {
    const { desk } = view;
    const rows = desk
      .latest(products)
      .map((product) => [
        linkOf(desk.path('products', product.id), product.name),
        copied(product.id),
        stateOf(product.active),
        String(desk.work.where(prices, 'product', product.id).length),
      ]);
    return html`${tableOf('Products', ['Name', 'Id', 'State', 'Prices'], rows)}
<h2>Add a product</h2>
${formOf(view, {
  action: 'add',
  button: 'Add product',
  fields: [
    { name: 'name', label: 'Name' },
    { name: 'description', label: 'Description', required: false },
  ],
})}`;
  },
  actions: {
    add: {
      done: 'The product was added.',
      act: ({ desk, form }) => {
        const made = desk.api('POST', '/v1/products', filled(form, ['name', 'description']));
        return `${desk.path('products', String(made.id))}?done=add`;
      },
    },
  },
};

const stateOf = (active: boolean) =>
  html`<span class="state${active ? '' : ' bad'}">${active ? 'active' : 'archived'}</span>`;

const intervals = { '': 'once', day: 'every day', week: 'every week', month: 'every month', year: 'every year' };

export const productPage: DashboardPage = {
  section: 'products',
  title: ({ desk, path }) => productOf(desk, path).name,
  body: (view) => {
    const { desk, path } = view;
    const product = productOf(desk, path);
    const rows = desk.work
      .where(prices, 'product', product.id)
      .map((price) => [
        copied(price.id),
        amountText(price),
        price.nickname ?? '',
        stateOf(price.active),
        archiving(price),
      ]);
    const isOn = product.active;
    return html`${factsOf({ Id: copied(product.id), State: stateOf(isOn), Description: product.description ?? '' })}
<h2>Prices</h2>
${tableOf('Prices', ['Price id', 'Amount', 'Nickname', 'State', 'Change'], rows)}
<h2>Add a price</h2>
${formOf(view, {
  action: 'price',
  button: 'Add price',
  fields: [
    {
      name: 'unit_amount',
      label: 'Amount',
      type: 'number',
      hint: 'In the smallest unit of its currency: 1500 is 15.00 USD',
    },
    { name: 'currency', label: 'Currency', value: 'usd' },
    { name: 'recurring[interval]', label: 'Charged', options: intervals, value: 'month', required: false },
    { name: 'nickname', label: 'Nickname', required: false },
  ],
})}
<h2>${isOn ? 'Archive the product' : 'Bring the product back'}</h2>
${formOf(view, { action: isOn ? 'archive' : 'restore', button: isOn ? 'Archive product' : 'Restore product' })}`;
  },
  actions: {
    add: { done: 'The product was added.', act: () => undefined },
    price: {
      done: 'The price was added.',
      act: ({ desk, path, form }) => {
        const given = filled(form, ['unit_amount', 'currency', 'recurring[interval]', 'nickname']);
        desk.api('POST', '/v1/prices', { ...given, product: path.product ?? '' });
        return undefined;
      },
    },
    archive_price: {
      done: 'The price was archived.',
      act: ({ desk, form }) => switched(desk, pricePath(form), 'false'),
    },
    restore_price: { done: 'The price is back.', act: ({ desk, form }) => switched(desk, pricePath(form), 'true') },
    archive: { done: 'The product was archived.', act: ({ desk, path }) => switched(desk, productPath(path), 'false') },
    restore: { done: 'The product is back.', act: ({ desk, path }) => switched(desk, productPath(path), 'true') },
  },
};

const productOf = (desk: Desk, path: Readonly<Record<string, string>>) =>
  desk.work.require(products, path.product ?? '');

const productPath = (path: Readonly<Record<string, string>>): string =>
  `/v1/products/${encodeURIComponent(path.product ?? '')}`;

const pricePath = (form: URLSearchParams): string => `/v1/prices/${encodeURIComponent(form.get('price') ?? '')}`;

const switched = (desk: Desk, path: string, active: string): undefined => {
  desk.api('POST', path, { active });
};

/** "15.00 USD every month". */
export const amountText = ({
  unit_amount: amount,
  currency,
  recurring,
  billing_scheme: scheme,
}: PriceObject): string => {
  const money =
    amount === null
      ? `${scheme === 'tiered' ? 'by tiers' : 'below a unit'}, ${currency.toUpperCase()}`
      : moneyText(amount, currency);
  if (recurring === null) return money;
  const { interval, interval_count: count } = recurring;
  return `${money} every ${count === 1 ? interval : `${count} ${interval}s`}`;
};

const archiving = ({ id, active }: PriceObject) =>
  active
    ? buttonOf({ action: 'archive_price', button: 'Archive', hidden: { price: id } }, id)
    : buttonOf({ action: 'restore_price', button: 'Restore', hidden: { price: id } }, id);
