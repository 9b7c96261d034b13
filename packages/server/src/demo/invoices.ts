import { formatMoney, parseCurrency } from '@tollbridge/core';
import type { CreateInvoiceBody, Invoice, PaymentMethod } from '@tollbridge/sdk';
import { expect, type Stage, WAIT_MILLISECONDS } from './stage.js';

/** An amount of the API as a person reads it. */
export function money(minor: number, currency: string): string {
  const known = parseCurrency(currency);
  return known.ok ? formatMoney({ minor: BigInt(minor), currency: known.value }) : `${minor} ${currency}`;
}

/** An invoice of one line with 19 % tax, finalized at once. */
export function makeInvoice(
  stage: Stage,
  customerId: string,
  line: { what: string; unitAmount: string },
): Promise<Invoice> {
  const body: CreateInvoiceBody = {
    customer_id: customerId,
    currency: 'eur',
    lines: [{ description: line.what, quantity: '1', unit_amount: line.unitAmount, tax_rate_percent: '19' }],
    finalize: true,
  };
  return stage.tollbridge.invoices.create(body);
}

/** Waits for the host to be told that it is paid, and shows it as it stands then. */
export async function seePaid({ tollbridge, host }: Stage, invoiceId: string): Promise<Invoice> {
  await host.told('invoice.paid', ({ id }) => id === invoiceId, WAIT_MILLISECONDS);
  const invoice = await tollbridge.invoices.get(invoiceId);
  expect(invoice.status === 'paid' && invoice.payment_status === 'succeeded', `it is ${invoice.status}`);
  expect(invoice.amount_due === 0 && invoice.amount_paid === invoice.total, 'its amounts do not add up');
  return invoice;
}

/** The payer leaves a card on the hosted page. */
export async function leaveCard(stage: Stage, customerId: string, card: string): Promise<string> {
  const { tollbridge, host, stripe } = stage;
  const session = await tollbridge.customers.createSetupSession(customerId, { return_url: 'https://example.com/done' });
  expect(session.url !== null, 'the session has no page');
  const end = await stripe.fillIn(session.url ?? '', card);
  expect(end.startsWith('https://example.com/done'), `the page led to ${end}`);
  const last4 = card.slice(-4);
  const isIt = (each: PaymentMethod) => each.customer_id === customerId && each.last4 === last4;
  const method = await host.told('payment_method.attached', isIt, WAIT_MILLISECONDS);
  return method.id;
}
