import { customers } from '../resources/customers/customer.js';
import { type PaymentMethodObject, paymentMethods } from '../resources/payment-methods/payment-method.js';
import { testCards } from '../resources/payment-methods/test-cards.js';
import { subscriptions } from '../subscriptions/subscription.js';
import type { DashboardPage } from './dashboard-page.js';
import type { Desk } from './desk.js';
import { buttonOf, filled, formOf } from './form.js';
import { html } from './html.js';
import { subscriptionTable } from './subscriptions-pages.js';
import { copied, factsOf, linkOf, tableOf, timeOf } from './table.js';

export const customersPage: DashboardPage = {
  section: 'customers',
  title: () => 'Customers',
  body: (view) => {
    const { desk } = view;
    const rows = desk
      .latest(customers)
      .map((customer) => [
        linkOf(desk.path('customers', customer.id), customer.name ?? customer.email ?? customer.id),
        customer.email ?? '',
        copied(customer.id),
        timeOf(customer.created),
      ]);
    return html`${tableOf('Customers', ['Name', 'Email', 'Id', 'Created'], rows)}
<h2>Add a customer</h2>
${formOf(view, {
  action: 'add',
  button: 'Add customer',
  fields: [
    { name: 'name', label: 'Name', required: false },
    { name: 'email', label: 'Email', type: 'email', required: false },
  ],
})}`;
  },
  actions: {
    add: {
      done: 'The customer was added.',
      act: ({ desk, form }) => {
        const made = desk.api('POST', '/v1/customers', filled(form, ['name', 'email']));
        return `${desk.path('customers', String(made.id))}?done=add`;
      },
    },
    remove: { done: 'The customer was deleted.', act: () => undefined },
  },
};

/** By the token that makes one, with the number by which people know it. */
const cardOptions: Readonly<Record<string, string>> = Object.fromEntries(
  testCards.map(({ number, tokens: [token = ''] }) => [`pm_card_${token}`, `${number} (${token})`]),
);

export const customerPage: DashboardPage = {
  section: 'customers',
  title: ({ desk, path }) => nameOf(desk, path),
  body: (view) => {
    const { desk, path } = view;
    const customer = desk.work.require(customers, path.customer ?? '');
    const standard = customer.invoice_settings.default_payment_method;
    const cards = desk.work
      .where(paymentMethods, 'customer', customer.id)
      .map((method) => [
        copied(method.id),
        methodText(method),
        method.id === standard ? 'default' : '',
        buttonOf({ action: 'detach', button: 'Remove', hidden: { method: method.id } }, method.id),
      ]);
    return html`${factsOf({
      Id: copied(customer.id),
      Email: customer.email ?? '',
      Created: timeOf(customer.created),
      Everything: linkOf(desk.path('objects', 'customer', customer.id), 'as JSON'),
    })}
<h2>Ways to pay</h2>
${tableOf('Ways to pay', ['Id', 'Card', '', 'Change'], cards)}
<h3>Add a card</h3>
${formOf(view, {
  action: 'card',
  button: 'Add card',
  fields: [
    { name: 'method', label: 'Test card', options: cardOptions },
    { name: 'default', label: 'Pay invoices with it', isTick: true, value: 'true' },
  ],
})}
<h2>Subscriptions</h2>
${subscriptionTable(desk, desk.work.where(subscriptions, 'customer', customer.id))}
<h2>Delete the customer</h2>
${formOf(view, { action: 'remove', button: 'Delete customer', isFinal: true })}`;
  },
  actions: {
    add: { done: 'The customer was added.', act: () => undefined },
    card: {
      done: 'The card was added.',
      act: ({ desk, path, form }) => {
        const customer = path.customer ?? '';
        const token = encodeURIComponent(form.get('method') ?? '');
        const method = desk.api('POST', `/v1/payment_methods/${token}/attach`, { customer });
        if (form.get('default') === null) return undefined;
        const standard = { 'invoice_settings[default_payment_method]': String(method.id) };
        desk.api('POST', `/v1/customers/${encodeURIComponent(customer)}`, standard);
        return undefined;
      },
    },
    detach: {
      done: 'It was removed.',
      act: ({ desk, form }) => {
        desk.api('POST', `/v1/payment_methods/${encodeURIComponent(form.get('method') ?? '')}/detach`);
        return undefined;
      },
    },
    remove: {
      done: 'The customer was deleted.',
      act: ({ desk, path }) => {
        desk.api('DELETE', `/v1/customers/${encodeURIComponent(path.customer ?? '')}`);
        return `${desk.path('customers')}?done=remove`;
      },
    },
  },
};

const nameOf = (desk: Desk, path: Readonly<Record<string, string>>): string => {
  const { id, name, email } = desk.work.require(customers, path.customer ?? '');
  return name ?? email ?? id;
};

const methodText = ({ type, card }: PaymentMethodObject): string =>
  card === undefined ? type : `${card.brand}, ends in ${card.last4}, until ${card.exp_month}/${card.exp_year}`;
