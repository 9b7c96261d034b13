export type NormalSide = 'debit' | 'credit';
export type AccountOwner = 'customer' | 'connection' | 'none';

export interface Account {
  readonly normalSide: NormalSide;
  /** Whose account it is; entries name that customer or connection. */
  readonly owner: AccountOwner;
  readonly sentence: string;
}

/** Every account there is. A balance on the normal side is what one expects to see. */
export const ACCOUNTS = {
  receivable: {
    normalSide: 'debit',
    owner: 'customer',
    sentence: 'What a customer owes on his open invoices.',
  },
  revenue: { normalSide: 'credit', owner: 'none', sentence: 'What was invoiced, without tax.' },
  tax_payable: { normalSide: 'credit', owner: 'none', sentence: 'Tax invoiced, owed to the authorities.' },
  payments_in_transit: {
    normalSide: 'debit',
    owner: 'connection',
    sentence: 'Payments and refunds that Stripe has confirmed and not yet entered in its balance.',
  },
  stripe_clearing: {
    normalSide: 'debit',
    owner: 'connection',
    sentence: 'The balance at Stripe: the net of every balance transaction, each once.',
  },
  stripe_fees: { normalSide: 'debit', owner: 'connection', sentence: 'What Stripe kept for itself.' },
  payouts: {
    normalSide: 'debit',
    owner: 'connection',
    sentence: 'Money moved between the balance at Stripe and a bank account.',
  },
  foreign: {
    normalSide: 'credit',
    owner: 'connection',
    sentence: 'Movements on the Stripe account that are not ours.',
  },
  currency_exchange: {
    normalSide: 'debit',
    owner: 'connection',
    sentence: 'The two sides of what Stripe exchanged from one currency into another.',
  },
  refunds_given: { normalSide: 'debit', owner: 'none', sentence: 'Revenue given back to payers.' },
  refunds_payable: {
    normalSide: 'credit',
    owner: 'connection',
    sentence: 'Refunds that were asked for and have not reached the payer yet.',
  },
  overpayments: {
    normalSide: 'credit',
    owner: 'customer',
    sentence: 'Money of a customer that no invoice of his needs: to be refunded or set off.',
  },
  offline_receipts: { normalSide: 'debit', owner: 'none', sentence: 'Payments received outside Stripe.' },
  bad_debt: { normalSide: 'debit', owner: 'none', sentence: 'Invoices that nobody expects to be paid any more.' },
  disputes: {
    normalSide: 'debit',
    owner: 'connection',
    sentence: 'Disputed money that Stripe has announced to move and not yet moved, or the other way round.',
  },
  disputed_funds: {
    normalSide: 'debit',
    owner: 'connection',
    sentence: 'Money taken out by disputes that are not decided.',
  },
  dispute_losses: { normalSide: 'debit', owner: 'none', sentence: 'Money lost by disputes.' },
  credit_notes_given: { normalSide: 'debit', owner: 'none', sentence: 'Invoiced revenue taken back by credit notes.' },
} as const satisfies Record<string, Account>;

export type AccountKind = keyof typeof ACCOUNTS;
