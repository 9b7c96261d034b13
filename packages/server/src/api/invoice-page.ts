import {
  amountDueMinor,
  formatMoney,
  type Instant,
  type Invoice,
  type InvoiceLine,
  type Issuer,
  invariant,
  isoFromInstant,
  isRefusalOfOurs,
  money,
  type Payment,
} from '@tollbridge/core';
import { withoutSecrets } from '../log.js';
import { escaped, pageDocument, pageHeaders } from './page-frame.js';

export interface InvoicePage {
  readonly invoice: Invoice;
  readonly lines: readonly InvoiceLine[];
  /** Whom it is for; null for a payer without a name. */
  readonly customerName: string | null;
  /** The attempt that holds the invoice; null when there is none. */
  readonly open: Payment | null;
  /** What went wrong with what the payer just asked for; null when nothing did. */
  readonly notice: string | null;
}

/** Its one form leads on to Stripe's pages. */
export const invoicePageHeaders = (isSecure: boolean): Readonly<Record<string, string>> =>
  pageHeaders(isSecure ? 'stripe' : 'stripe_and_plain_http');

/** The invoice as its payer sees it, with the one thing he can do next. */
export function invoicePageHtml(page: InvoicePage): string {
  const { invoice, notice } = page;
  invariant(invoice.issuer !== null && invoice.number !== null, 'only finalized invoices have a page');
  const title = `Invoice ${invoice.number}`;
  return pageDocument(
    title,
    `${issuerBlock(invoice.issuer)}
<h1>${escaped(title)}</h1>
${factsList(page)}
${notice === null ? '' : `<p class="notice" role="alert">${escaped(notice)}</p>`}
${linesTable(page)}
${whatNext(page)}
${invoice.issuer.footer === null ? '' : `<p><small>${escaped(invoice.issuer.footer)}</small></p>`}`,
  );
}

/** For an address that leads to no invoice. */
export const noInvoicePageHtml = (): string =>
  pageDocument('No such page', '<h1>No such page</h1><p>Check the link, or ask whoever sent it for a new one.</p>');

function issuerBlock({ name, address, taxIds }: Issuer): string {
  const { line1, line2, postalCode, city, state, country } = address;
  const town = [postalCode, city].filter(isThere).join(' ');
  const lines = [line1, line2, town, state, country].filter(isThere);
  const ids = taxIds.map(({ value }) => `Tax id ${value}`);
  const small = [lines.join(', '), ...ids].filter(isThere).map((text) => `<br><small>${escaped(text)}</small>`);
  return `<address><strong>${escaped(name)}</strong>${small.join('')}</address>`;
}

const isThere = (text: string | null): text is string => text !== null && text !== '';

/** When and for whom it was issued, and by when it is to be paid; days are told in UTC, as the API does. */
function factsList({ invoice, customerName }: InvoicePage): string {
  const dayOf = (at: Instant) => isoFromInstant(at).slice(0, 'YYYY-MM-DD'.length);
  const facts: [string, string | null][] = [
    ['For', customerName],
    ['Issued', invoice.finalizedAt === null ? null : dayOf(invoice.finalizedAt)],
    ['To be paid by', invoice.status !== 'finalized' || invoice.dueAt === null ? null : dayOf(invoice.dueAt)],
    ['Paid', invoice.paidAt === null ? null : dayOf(invoice.paidAt)],
  ];
  const rows = facts.filter(([, value]) => isThere(value));
  return `<dl>${rows.map(([label, value]) => `<dt>${label}</dt><dd>${escaped(value ?? '')}</dd>`).join('')}</dl>`;
}

function linesTable({ invoice, lines }: InvoicePage): string {
  const amountOf = (minor: bigint) => escaped(formatMoney(money(minor, invoice.currency)));
  const rows = lines.map(
    (
      line,
    ) => `<tr><td>${escaped(line.description)}${line.taxBehaviour === 'reverse_charge' ? ' (reverse charge)' : ''}</td>
<td class="amount">${escaped(line.quantity)}</td><td class="amount">${amountOf(line.amountMinor)}</td></tr>`,
  );
  const total = (label: string, minor: bigint, className = '') =>
    `<tr class="${className}"><th scope="row" colspan="2">${label}</th><td class="amount">${amountOf(minor)}</td></tr>`;
  return `<table>
<thead><tr><th scope="col">Description</th><th scope="col" class="amount">Quantity</th>
<th scope="col" class="amount">Amount</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
<tfoot>
${total('Without tax', invoice.subtotalMinor)}
${total('Tax', invoice.taxMinor)}
${total('Total', invoice.totalMinor)}
${total('To pay', invoice.status === 'void' ? 0n : amountDueMinor(invoice), 'due')}
</tfoot>
</table>`;
}

/** What the payer can do: one button, or a sentence that says why there is none. */
function whatNext({ invoice, open }: InvoicePage): string {
  if (invoice.status === 'void') return '<p role="status">This invoice was taken back. Nothing is to be paid.</p>';
  if (invoice.status === 'paid') return '<p role="status">This invoice is paid. Thank you.</p>';
  if (open?.status === 'requires_action') {
    return `<p>Your bank asks you to confirm this payment.</p>${button('Confirm your payment')}`;
  }
  if (open !== null && open.status !== 'awaiting_payer') {
    return '<p role="status">A payment is under way. Come back to this page in a while to see what became of it.</p>';
  }
  const failed = invoice.lastPaymentError;
  const why =
    failed === null || isRefusalOfOurs(failed)
      ? ''
      : `<p>The last payment did not succeed: ${escaped(withoutSecrets(failed.message))}</p>`;
  return `${why}${button('Pay')}`;
}

const button = (label: string): string => `<form method="post"><button type="submit">${label}</button></form>`;
