import type Stripe from 'stripe';
import { invalidRequest } from '../../errors.js';
import { spendOnceOfSubscription } from '../../subscriptions/subscription-discounts.js';
import { subscriptionPaymentFailed } from '../../subscriptions/subscription-settled.js';
import type { Work } from '../../work.js';
import { cashReconciles } from '../cash-balance/cash-balance.js';
import { requireChargeable } from '../currency-rules.js';
import { type CustomerObject, customers } from '../customers/customer.js';
import { balanceIn } from '../customers/customer-balance.js';
import { takeDiscount } from '../customers/customer-discount.js';
import { couponBehind } from '../discounts/coupon.js';
import { cardOptions, cashOptions, methodTypes, newPaymentIntent } from '../payment-intents/new-payment-intent.js';
import { paymentIntents } from '../payment-intents/payment-intent.js';
import { countableAmount } from '../whole-number.js';
import { collectionOf, daySeconds } from './collection-settings.js';
import { changeInvoice, type InvoiceObject, invoices, requireInvoiceStatus } from './invoice.js';
import { balanceUse, moveForInvoice } from './invoice-balance.js';
import { putInvoicePayment } from './invoice-payment.js';
import { endAsPaid, setDelinquent } from './invoice-settled.js';
import { customerFields, draftSeconds, recounted, requireCountable } from './new-invoice.js';

/**
 * Makes a draft final: it gets its number, uses the customer's balance, and an intent for what is left to pay. One with
 * nothing to pay is paid at once. https://docs.stripe.com/invoicing/integration/workflow-transitions
 */
export const finalizeInvoice = (work: Work, draft: InvoiceObject): InvoiceObject => {
  requireInvoiceStatus(draft, 'finalize');
  const customer = work.require(customers, draft.customer);
  work.unschedule('invoice.finalizes', draft.id);
  const counted = { ...draft, ...requireCountable(recounted(draft, customerFields(work, customer))) };
  const balance = balanceIn(customer, draft.currency);
  const use = balanceUse(counted.total, balance, draft.currency);
  countableAmount(use.endingBalance, 'amount_due');
  if (use.amountDue > 0) requireChargeable(use.amountDue, draft.currency, 'amount_due');
  const types = typesOf(draft);
  if (use.amountDue > 0 && types.length === 0) {
    throw invalidRequest('None of the payment method types of this invoice can pay it.', {
      code: 'invoice_no_payment_method_types',
    });
  }
  const invoice = work.put(invoices, {
    ...counted,
    status: 'open',
    number: draft.number ?? takeNumber(work, customer),
    starting_balance: balance,
    ending_balance: use.endingBalance,
    amount_due: use.amountDue,
    amount_remaining: use.amountDue,
    automatically_finalizes_at: null,
    last_finalization_error: null,
    due_date: draft._daysUntilDue === null ? draft.due_date : work.now + draft._daysUntilDue * daySeconds,
    effective_at: draft.effective_at ?? work.now,
    hosted_invoice_url: `${work.baseUrl}/invoice/${work.account.id}/${draft.id}`,
    status_transitions: { ...draft.status_transitions, finalized_at: work.now },
    _balanceApplied: use.endingBalance - balance,
    _intent: use.amountDue === 0 ? null : putIntent(work, counted, { amount: use.amountDue, types }),
  });
  const { currency, id } = invoice;
  moveForInvoice(work, customer.id, { amount: invoice._balanceApplied, currency, type: use.type, invoice: id });
  spendOnce(work, customer.id, invoice);
  work.emit('invoice.updated', invoice, draft);
  work.emit('invoice.finalized', invoice);
  if (use.amountDue === 0) return endAsPaid(work, invoice, {});
  scheduleReminders(work, invoice);
  if (types.includes('customer_balance')) work.schedule(cashReconciles, customer.id, work.now);
  return invoice;
};

/** A discount that counts once, of a customer or of a subscription, is used up by the first invoice that is final with it. */
const spendOnce = (work: Work, customerId: string, invoice: InvoiceObject): void => {
  spendOnceOfSubscription(work, invoice);
  const customer = work.require(customers, customerId);
  const { discount } = customer;
  if (discount === null || !invoice.discounts.includes(discount.id)) return;
  if (couponBehind(work, discount.source.coupon)?.duration === 'once') takeDiscount(work, customer);
};

/** By customer: their prefix and the next in their sequence. https://docs.stripe.com/invoicing/customize#numbering */
const takeNumber = (work: Work, customer: CustomerObject): string => {
  const sequence = customer.next_invoice_sequence ?? 1;
  work.update(customers, customer, { next_invoice_sequence: sequence + 1 });
  return `${customer.invoice_prefix}-${String(sequence).padStart(4, '0')}`;
};

/** The types the invoice names, of those that can pay in its currency; all of these when it names none. */
const typesOf = ({ currency, payment_settings: settings }: InvoiceObject): string[] => {
  const named = settings.payment_method_types as AllowedTypes | null;
  const { payment_method_types: types = [] } = methodTypes(
    named === null ? {} : { allowed_payment_method_types: named },
    currency,
  );
  return types;
};

type AllowedTypes = NonNullable<Stripe.PaymentIntentCreateParams['allowed_payment_method_types']>;

/** When the bank is to see the customer: what the invoice says, else when it must. */
const secureOf = ({ payment_settings: settings }: InvoiceObject) =>
  settings.payment_method_options?.card?.request_three_d_secure ?? 'automatic';

interface Asked {
  readonly amount: number;
  readonly types: string[];
}

const putIntent = (work: Work, invoice: InvoiceObject, { amount, types }: Asked): string => {
  const { payment_settings: settings } = invoice;
  const intent = work.put(paymentIntents, {
    ...newPaymentIntent(work, { amount, currency: invoice.currency }),
    application: invoice.application,
    automatic_payment_methods: null,
    customer: invoice.customer,
    description: invoice.description ?? 'Payment for Invoice',
    payment_method_options: {
      ...cardOptions(secureOf(invoice)),
      ...cashOptions(settings.payment_method_options?.customer_balance),
    },
    payment_method_types: types,
    // What begins a subscription is kept for its renewals: https://docs.stripe.com/billing/subscriptions/overview
    setup_future_usage: invoice.billing_reason === 'subscription_create' ? 'off_session' : null,
    statement_descriptor: invoice.statement_descriptor,
  });
  putInvoicePayment(work, {
    invoice: invoice.id,
    intent: intent.id,
    amount,
    currency: intent.currency,
    isDefault: true,
  });
  work.emit('payment_intent.created', intent);
  return intent.id;
};

/** Told by automations, which an account has only when somebody set them up. */
export const scheduleReminders = (work: Work, { id, due_date: dueAt }: InvoiceObject): void => {
  if (dueAt === null) return;
  const { overdueDays, willBeDueDays } = collectionOf(work);
  work.schedule('invoice.overdue', id, dueAt + (overdueDays ?? 0) * daySeconds);
  if (willBeDueDays !== null) {
    work.schedule('invoice.will_be_due', id, Math.max(work.now, dueAt - willBeDueDays * daySeconds));
  }
};

/** The due date, and so many days more, passed: the customer is late, and automations tell of it. */
export const passDueDate = (work: Work, invoice: InvoiceObject): void => {
  if (invoice.status !== 'open') return;
  setDelinquent(work, invoice.customer, true);
  subscriptionPaymentFailed(work, invoice);
  if (collectionOf(work).overdueDays !== null) work.emit('invoice.overdue', invoice);
};

/** Final by hand: it is collected when it would have been collected by itself. */
export const finalizeByHand = (work: Work, draft: InvoiceObject): InvoiceObject => {
  const scheduledAt = draft.automatically_finalizes_at;
  const invoice = finalizeInvoice(work, draft);
  const isCollected = invoice.auto_advance === true && invoice.collection_method === 'charge_automatically';
  if (invoice.status !== 'open' || !isCollected) return invoice;
  const next = Math.max(work.now, scheduledAt ?? work.now + draftSeconds);
  work.schedule('invoice.collects', invoice.id, next);
  return changeInvoice(work, invoice, { next_payment_attempt: next });
};
