import { escapeHtml, sandboxPage } from '../pages/layout.js';
import { moneyText } from '../pages/money-text.js';
import { invoices } from '../resources/invoices/invoice.js';
import { prices } from '../resources/products/price.js';
import { isOver, periodEndOf, type SubscriptionObject, subscriptions } from '../subscriptions/subscription.js';
import { customerFacts } from './portal-customer.js';
import { portalForms } from './portal-forms.js';
import { methodsOf, methodWords } from './portal-methods.js';
import type { Visit } from './portal-visit.js';
import { dayWords, priceWords } from './portal-words.js';

const invoicesMax = 24;

/** All that the customer may see and do, as far as the configuration has it. */
export const homePage = (visit: Visit): string => {
  const { headline, privacy_policy_url: privacy, terms_of_service_url: terms } = visit.configuration.business_profile;
  const { return_url: back } = visit.session;
  const links = [
    back === null ? '' : `<a href="${escapeHtml(back)}">Return</a>`,
    terms === null ? '' : `<a href="${escapeHtml(terms)}">Terms</a>`,
    privacy === null ? '' : `<a href="${escapeHtml(privacy)}">Privacy</a>`,
  ].filter((link) => link !== '');
  const body = `${headline === null ? '' : `<p>${escapeHtml(headline)}</p>`}
${subscriptionsPart(visit)}${methodsPart(visit)}${customerPart(visit)}${invoicesPart(visit)}
<p class="links">${links.join(' ')}</p>`;
  return sandboxPage('Manage your billing', body);
};

/** A link to a form, if the configuration has it. */
const link = (visit: Visit, page: string, words: string, query = ''): string =>
  portalForms[page]?.isOpen(visit) === true ? `<a href="?page=${page}${query}">${words}</a>` : '';

const subscriptionsPart = (visit: Visit): string => {
  const rows = visit.work
    .where(subscriptions, 'customer', visit.customer.id)
    .filter((one) => !isOver(one))
    .map((one) => subscriptionRow(visit, one));
  return rows.length === 0 ? '' : `<h2>Subscriptions</h2>\n<ul class="accounts">${rows.join('')}</ul>\n`;
};

const subscriptionRow = (visit: Visit, subscription: SubscriptionObject): string => {
  const items = subscription._items.map((item) => {
    const many = (item.quantity ?? 1) === 1 ? '' : `${item.quantity} × `;
    return `${many}${priceWords(visit.work, visit.work.require(prices, item.price))}`;
  });
  const end = subscription.cancel_at;
  const next = end === null ? `Renews on ${dayWords(periodEndOf(subscription))}` : `Ends on ${dayWords(end)}`;
  const query = `&amp;subscription=${subscription.id}`;
  const actions = [
    subscription._items.length === 1 ? link(visit, 'update', 'Change', query) : '',
    end === null ? link(visit, 'cancel', 'Cancel', query) : link(visit, 'keep', 'Do not cancel', query),
  ];
  return `<li>${items.join('<br>')}<br>${next}, ${escapeHtml(subscription.status)} ${actions.join(' ')}</li>`;
};

const methodsPart = (visit: Visit): string => {
  if (!visit.configuration.features.payment_method_update.enabled) return '';
  const standard = visit.customer.invoice_settings.default_payment_method;
  const rows = methodsOf(visit).map((method) => {
    const mark =
      method.id === standard ? ' (for invoices)' : button(method.id, 'default_payment_method', 'Pay with this');
    return `<li>${methodWords(method)}${mark} ${button(method.id, 'remove_payment_method', 'Remove')}</li>`;
  });
  return `<h2>Payment methods</h2>
<ul class="accounts">${rows.join('')}</ul>
<p>${link(visit, 'payment_method', 'Add a payment method')}</p>
`;
};

const button = (method: string, page: string, words: string): string =>
  `<form method="post" action="?page=${page}"><button class="quiet" name="method" value="${method}">${words}</button></form>`;

const customerPart = (visit: Visit): string => {
  if (!visit.configuration.features.customer_update.enabled) return '';
  return `<h2>Billing information</h2>
${customerFacts(visit.customer)}
<p class="links">${link(visit, 'customer', 'Change')} ${link(visit, 'tax_id', 'Add a tax ID')}</p>
`;
};

/** Drafts are nobody's to see yet. */
const invoicesPart = (visit: Visit): string => {
  if (!visit.configuration.features.invoice_history.enabled) return '';
  const rows = visit.work
    .where(invoices, 'customer', visit.customer.id)
    .filter((invoice) => invoice.status !== 'draft')
    .reverse()
    .slice(0, invoicesMax)
    .map(
      (invoice) =>
        `<tr><th scope="row"><a href="${escapeHtml(invoice.hosted_invoice_url ?? '')}">${escapeHtml(invoice.number ?? invoice.id)}</a></th><td>${dayWords(invoice.created)}</td><td>${escapeHtml(invoice.status ?? '')}</td><td class="amount">${moneyText(invoice.total, invoice.currency)}</td></tr>`,
    );
  return `<h2>Invoices</h2>
<table><thead><tr><th scope="col">Number</th><th scope="col">Day</th><th scope="col">Status</th><th scope="col" class="amount">Total</th></tr></thead>
<tbody>${rows.join('')}</tbody></table>
`;
};
