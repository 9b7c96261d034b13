import type { Work } from '../../work.js';
import { maximumCharge, minimumCharge } from '../currency-rules.js';
import { customers } from '../customers/customer.js';
import { moveBalance } from '../customers/customer-balance.js';

/** Why money moves between an invoice and its customer's balance: https://docs.stripe.com/billing/customer/balance */
export interface BalanceMove {
  /** Added to the balance: above 0 the customer owes it, below 0 they have it to their credit. */
  readonly amount: number;
  readonly currency: string;
  readonly type:
    | 'applied_to_invoice'
    | 'credit_note'
    | 'invoice_too_large'
    | 'invoice_too_small'
    | 'unapplied_from_invoice'
    | 'invoice_overpaid';
  readonly invoice: string;
  readonly creditNote?: string;
}

/** Moves money on a customer's balance; nothing happens to that of a customer who was deleted. Gives the transaction's id. */
export const moveForInvoice = (work: Work, customerId: string, move: BalanceMove): string | null => {
  const customer = work.get(customers, customerId);
  if (customer === undefined || move.amount === 0) return null;
  const { customer: after, transaction } = moveBalance(work, customer, move);
  work.emit('customer.updated', after, customer);
  return transaction.id;
};

export interface BalanceUse {
  readonly amountDue: number;
  readonly endingBalance: number;
  readonly type: 'applied_to_invoice' | 'invoice_too_large' | 'invoice_too_small';
}

/**
 * What is left to pay of an invoice and of the balance when both are settled together: credit is used first, a debt is
 * collected with the invoice, and what is too little or too much to be charged waits on the balance for the next invoice.
 * https://docs.stripe.com/billing/customer/balance#types
 */
export const balanceUse = (total: number, balance: number, currency: string): BalanceUse => {
  const due = total + balance;
  if (due <= 0) return { amountDue: 0, endingBalance: due, type: 'applied_to_invoice' };
  if (due < minimumCharge(currency)) return { amountDue: 0, endingBalance: due, type: 'invoice_too_small' };
  if (due > maximumCharge(currency)) return { amountDue: 0, endingBalance: due, type: 'invoice_too_large' };
  return { amountDue: due, endingBalance: 0, type: 'applied_to_invoice' };
};
