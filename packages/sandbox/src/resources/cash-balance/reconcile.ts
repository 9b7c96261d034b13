import type { Work } from '../../work.js';
import { idOf } from '../charges/charge.js';
import { daySeconds } from '../invoices/collection-settings.js';
import { type InvoiceObject, invoices } from '../invoices/invoice.js';
import { openPaymentOfIntent } from '../invoices/invoice-payment.js';
import { type PaymentIntentObject, paymentIntents } from '../payment-intents/payment-intent.js';
import { putCustomerBalance } from '../payment-methods/payment-method.js';
import { cashBalanceOf, cashIn, isAutomatic } from './cash-balance.js';
import { applyCash, remainingOf } from './cash-payment.js';

/** What came, and what its sender wrote beside it. */
export interface Funds {
  readonly customer: string;
  readonly currency: string;
  readonly amount: number;
  readonly reference: string | null;
}

/** Something that awaits money. */
interface Awaiting {
  readonly amount: number;
  readonly intent: PaymentIntentObject;
  /** Null where no invoice made the intent. */
  readonly invoice: InvoiceObject | null;
}

const groupMax = 5;
/** Of so many there are 21,699 groups of up to five, which takes some milliseconds; more are not looked at for an exact sum. */
const groupedMax = 20;
/** An invoice that is overdue for longer is not paid by itself. */
const overdueDaysMax = 30;

/**
 * Puts new funds to what awaits them, in Stripe's order: https://docs.stripe.com/payments/customer-balance/reconciliation.
 * Yen have no references.
 */
export const reconcile = (work: Work, funds: Funds): void => {
  if (!isAutomatic(work, funds.customer)) return;
  const all = awaitingOf(work, funds);
  const named = funds.currency === 'jpy' ? undefined : namedBy(all, funds.reference);
  if (named !== undefined) {
    fund(work, named);
    return;
  }
  const group = exactGroup(all, funds.amount);
  for (const one of group) fund(work, one);
  if (group.length > 0) return;
  for (const one of all) if (one.invoice !== null) fund(work, one);
  for (const one of all) if (one.invoice === null) fund(work, one);
};

/** The cash there is already, for something new that awaits it. */
export const reconcileCash = (work: Work, customer: string): void => {
  for (const [currency, amount] of Object.entries(cashBalanceOf(work, customer).available ?? {}))
    if (amount > 0) reconcile(work, { customer, currency, amount, reference: null });
};

/** What `customer_balance` may pay and does not yet: invoices by when they became final, intents by when they were made. */
const awaitingOf = (work: Work, { customer, currency }: Funds): Awaiting[] => {
  const ofInvoices: Awaiting[] = [];
  for (const invoice of work.where(invoices, 'customer', customer)) {
    const intent = work.get(paymentIntents, invoice._intent ?? '');
    if (intent === undefined || invoice.status !== 'open' || isLongOverdue(work, invoice)) continue;
    if (takesCash(intent, currency)) ofInvoices.push({ amount: remainingOf(intent), intent, invoice });
  }
  ofInvoices.sort((one, other) => finalizedAt(one) - finalizedAt(other));
  const ofIntents = work
    .where(paymentIntents, 'customer', customer)
    .filter((intent) => intent.next_action?.type === 'display_bank_transfer_instructions')
    .filter((intent) => takesCash(intent, currency) && openPaymentOfIntent(work, intent.id) === undefined)
    .map((intent) => ({ amount: remainingOf(intent), intent, invoice: null }));
  return [...ofInvoices, ...ofIntents];
};

const finalizedAt = ({ invoice }: Awaiting): number => invoice?.status_transitions.finalized_at ?? 0;

const isLongOverdue = (work: Work, { due_date: due }: InvoiceObject): boolean =>
  due !== null && due + overdueDaysMax * daySeconds < work.now;

const takesCash = (intent: PaymentIntentObject, currency: string): boolean =>
  intent.currency === currency &&
  intent.payment_method_types.includes('customer_balance') &&
  (intent.status === 'requires_action' || intent.status === 'requires_payment_method');

/** A single invoice by its number, else a single intent by what its instructions asked to write. */
const namedBy = (all: readonly Awaiting[], reference: string | null): Awaiting | undefined => {
  if (reference === null) return undefined;
  const said = reference.trim().toUpperCase();
  return (
    all.find(({ invoice }) => invoice?.number?.toUpperCase() === said) ??
    all.find(({ intent }) => intent.next_action?.display_bank_transfer_instructions?.reference === said)
  );
};

/** The fewest that ask for exactly this much; of these those with the most invoices, and then with the oldest intents. */
const exactGroup = (all: readonly Awaiting[], amount: number): readonly Awaiting[] => {
  const among = all.slice(0, groupedMax);
  for (let size = 1; size <= Math.min(groupMax, among.length); size += 1) {
    let best: readonly Awaiting[] | undefined;
    // Invoices stand first and each kind is in order of age, so that of equals the first found has the oldest.
    for (const group of groupsOf(among, size, amount)) {
      if (best === undefined || invoicesIn(group) > invoicesIn(best)) best = group;
    }
    if (best !== undefined) return best;
  }
  return [];
};

const invoicesIn = (group: readonly Awaiting[]): number => group.filter(({ invoice }) => invoice !== null).length;

function* groupsOf(all: readonly Awaiting[], size: number, amount: number): Generator<Awaiting[]> {
  for (const [place, one] of all.entries()) {
    if (one.amount > amount) continue;
    if (size === 1) {
      if (one.amount === amount) yield [one];
      continue;
    }
    for (const rest of groupsOf(all.slice(place + 1), size - 1, amount - one.amount)) yield [one, ...rest];
  }
}

/** Invoices wholly or not at all, intents as far as the cash goes. */
const fund = (work: Work, { amount, intent, invoice }: Awaiting): void => {
  const customer = idOf(intent.customer) ?? '';
  const there = cashIn(work, customer, intent.currency);
  if (there === 0 || (invoice !== null && there < amount)) return;
  applyCash(work, withMethod(work, intent), Math.min(there, amount));
};

/** The intent, paid by the customer's balance from now on. */
export const withMethod = (work: Work, intent: PaymentIntentObject): PaymentIntentObject =>
  intent.next_action?.type === 'display_bank_transfer_instructions'
    ? intent
    : work.update(paymentIntents, intent, { payment_method: putCustomerBalance(work).id, last_payment_error: null });
