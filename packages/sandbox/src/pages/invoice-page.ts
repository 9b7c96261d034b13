import { Refusal } from '../errors.js';
import type { PageAnswer, PageRequest, Resource } from '../operation.js';
import { clockOfInvoice, type InvoiceObject, invoices } from '../resources/invoices/invoice.js';
import { attemptPayment } from '../resources/invoices/invoice-collect.js';
import { challengeUrl, paymentIntents } from '../resources/payment-intents/payment-intent.js';
import { enteredCard } from '../resources/payment-methods/card-details.js';
import { type PaymentMethodObject, putBankAccount, putCard } from '../resources/payment-methods/payment-method.js';
import type { Work } from '../work.js';
import { type CheckoutEntry, entryError, entryFrom, typedText } from './checkout-entry.js';
import { alertOf, checkoutForm, type FormState } from './checkout-form.js';
import { escapeHtml, sandboxPage } from './layout.js';
import { moneyText } from './money-text.js';

/** Drafts have no page yet: what is not final is nobody's to see. */
const invoiceIn = (work: Work, request: PageRequest): InvoiceObject => {
  const invoice = work.require(invoices, request.path.invoice ?? '');
  return invoice.status === 'draft' ? work.require(invoices, '') : invoice;
};

const canBePaid = ({ status }: InvoiceObject): boolean => status === 'open' || status === 'uncollectible';

const showInvoice = (work: Work, request: PageRequest): PageAnswer =>
  invoicePage(work, invoiceIn(work, request), { error: null, typed: {} });

const invoicePage = (work: Work, invoice: InvoiceObject, state: Omit<FormState, 'verb'>, status = 200): PageAnswer => {
  const due = moneyText(invoice.amount_remaining, invoice.currency);
  const types = work.get(paymentIntents, invoice._intent ?? '')?.payment_method_types ?? [];
  const typed = { email: invoice.customer_email ?? '', ...state.typed };
  const form = canBePaid(invoice)
    ? checkoutForm({ payment_method_types: types, cancel_url: null }, { ...state, verb: `Pay ${due}`, typed })
    : `<p>This invoice is ${escapeHtml(invoice.status)}.</p>`;
  const html = sandboxPage(`Invoice ${invoice.number ?? ''}`, `${alertOf(state.error)}${linesTable(invoice)}${form}`);
  return { kind: 'html', status, html };
};

const linesTable = (invoice: InvoiceObject): string => {
  const rows = invoice._lines.map(
    (line) =>
      `<tr><th scope="row">${escapeHtml(line.description ?? 'Item')}</th><td class="amount">${line.quantity ?? ''}</td><td class="amount">${moneyText(line.amount, line.currency)}</td></tr>`,
  );
  const sums = [
    ['Total', invoice.total],
    ['Amount due', invoice.amount_due],
    ['Still to pay', invoice.amount_remaining],
  ] as const;
  const foot = sums.map(
    ([name, amount]) =>
      `<tr><th scope="row" colspan="2">${name}</th><td class="amount">${moneyText(amount, invoice.currency)}</td></tr>`,
  );
  return `<table>
<thead><tr><th scope="col">Item</th><th scope="col" class="amount">Quantity</th><th scope="col" class="amount">Amount</th></tr></thead>
<tbody>${rows.join('')}</tbody>
<tfoot>${foot.join('')}</tfoot>
</table>
`;
};

const payInvoice = (account: Work, request: PageRequest): PageAnswer => {
  const invoice = invoiceIn(account, request);
  if (!canBePaid(invoice)) return invoicePage(account, invoice, { error: null, typed: {} }, 409);
  try {
    const work = account.onClock(clockOfInvoice(invoice));
    attemptPayment(work, invoice, putMethod(work, entryFrom(work, request)), { by: 'manual', offSession: false });
    return { kind: 'redirect', location: invoice.hosted_invoice_url ?? '/' };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code } = error.body;
    if (code === 'invoice_payment_intent_requires_action') {
      return { kind: 'redirect', location: challengeUrl(account, invoice._intent ?? '') };
    }
    // The visitor sees the refusal and tries again.
    const state = { error: entryError(error, request), typed: typedText(request) };
    return invoicePage(account, invoiceIn(account, request), state, error.status);
  }
};

const putMethod = (work: Work, entry: CheckoutEntry): PaymentMethodObject => {
  const extras = { billingDetails: { email: entry.email, name: entry.name } };
  if (entry.iban !== null) return putBankAccount(work, entry.iban, extras);
  const { number, cvc, expiryMonth: exp_month, expiryYear: exp_year } = entry;
  return putCard(work, enteredCard(work, { number, cvc, exp_month, exp_year }, 'card'), extras);
};

export const invoicePageResource: Resource = {
  collections: [],
  operations: {},
  pages: { 'GET /invoice/:account/:invoice': showInvoice, 'POST /invoice/:account/:invoice': payInvoice },
};
