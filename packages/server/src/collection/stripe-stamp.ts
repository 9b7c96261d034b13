import { type Invoice, invariant, type Payment } from '@tollbridge/core';

/** Stripe's limit for the description of an intent. */
const DESCRIPTION_MAX = 1_000;

/**
 * What lies on the intent at Stripe, so that people there see what it is for and we know our own again (INV-2). Made from
 * what can no longer change, because a repeated call must say the same.
 */
export function stampOf(
  invoice: Invoice,
  payment: Payment,
): { readonly description: string; readonly metadata: Readonly<Record<string, string>> } {
  invariant(invoice.issuer !== null && invoice.number !== null, 'only finalized invoices are collected');
  return {
    description: `${invoice.issuer.name} - Invoice ${invoice.number}`.slice(0, DESCRIPTION_MAX),
    metadata: {
      tollbridge_environment: invoice.environmentId,
      tollbridge_invoice: invoice.id,
      tollbridge_payment: payment.id,
      tollbridge_customer: invoice.customerId,
      invoice_number: invoice.number,
    },
  };
}
