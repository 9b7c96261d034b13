import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import type { Work } from '../../work.js';
import { tellIfAvailable } from '../balance/balance.js';
import { processingFee, putBalanceTransaction } from '../balance/balance-transaction.js';
import type { PaymentIntentObject } from '../payment-intents/payment-intent.js';
import { behaviourOf, type PaymentMethodObject } from '../payment-methods/payment-method.js';
import type { DeclineReason } from './decline-reasons.js';
import { refundsOfCharge } from './refund.js';

export type ChargeObject = Stripe.Charge;

export const charges = defineCollection<ChargeObject>({
  type: 'charge',
  prefix: 'ch',
  path: (charge) => `/v1/charges/${charge.id}`,
  indexes: ['payment_intent', 'customer'],
  isSearched: true,
  included: { refunds: (charge, work) => refundsOfCharge(work, charge.id) },
});

// Objects are never changed in place, so that all charges can share what is the same in most of them.
const noFraud: ChargeObject['fraud_details'] = {};

/** How one attempt to take money went. */
export interface Attempt {
  readonly method: PaymentMethodObject;
  readonly authenticated: boolean;
  readonly declined: DeclineReason | null;
  /** The bank has not answered yet. */
  readonly pending: boolean;
  /** When a hold ends that is not captured; null when money is taken at once. */
  readonly captureBefore: number | null;
}

/** What is charged for: an intent, or a request that had none. */
export type ChargeOrder = Pick<
  PaymentIntentObject,
  | 'amount'
  | 'application'
  | 'capture_method'
  | 'currency'
  | 'customer'
  | 'description'
  | 'metadata'
  | 'receipt_email'
  | 'shipping'
  | 'statement_descriptor'
  | 'statement_descriptor_suffix'
  | 'transfer_group'
> & { readonly id: string | null };

/** Puts the charge of an attempt. Money is on the balance unless it was declined, waits, or is captured later. */
export const putCharge = (work: Work, intent: ChargeOrder, attempt: Attempt): ChargeObject => {
  const { method, declined, pending } = attempt;
  const paid = declined === null && !pending;
  const captured = paid && intent.capture_method !== 'manual';
  const id = work.newId('ch');
  const money = { id, amount: intent.amount, currency: intent.currency, description: intent.description };
  const charge: ChargeObject = {
    id,
    object: 'charge',
    amount: intent.amount,
    amount_captured: captured ? intent.amount : 0,
    amount_refunded: 0,
    application: intent.application,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: captured ? moneyIn(work, money, method) : null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: intent.statement_descriptor ?? 'SANDBOX',
    captured,
    created: work.now,
    currency: intent.currency,
    customer: idOf(intent.customer),
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: declined?.code ?? null,
    failure_message: declined?.message ?? null,
    fraud_details: noFraud,
    livemode: work.account.livemode,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: outcomeOf(declined, pending),
    paid,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: detailsOf(work, attempt),
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: paid ? `${work.baseUrl}/receipts/${work.account.id}/${id}` : null,
    refunded: false,
    review: null,
    shipping: intent.shipping as ChargeObject['shipping'],
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: paid ? 'succeeded' : pending ? 'pending' : 'failed',
    transfer_data: null,
    transfer_group: intent.transfer_group,
  };
  return work.put(charges, charge);
};

/** An expandable field as an id. */
export const idOf = (field: string | { readonly id: string } | null): string | null =>
  typeof field === 'object' && field !== null ? field.id : field;

/** The charge with the money it brought on the balance. */
export const withMoney = (work: Work, charge: ChargeObject, method: PaymentMethodObject): ChargeObject => {
  const { id, amount_captured: amount, currency, description } = charge;
  return { ...charge, balance_transaction: moneyIn(work, { id, amount, currency, description }, method) };
};

interface Money {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly description: string | null;
}

const moneyIn = (work: Work, money: Money, method: PaymentMethodObject): string => {
  const transaction = putBalanceTransaction(work, {
    type: method.type === 'card' ? 'charge' : 'payment',
    reportingCategory: 'charge',
    amount: money.amount,
    currency: money.currency,
    fee: processingFee(money.amount),
    source: money.id,
    description: money.description,
    availableAtOnce: behaviourOf(method).availableAtOnce,
  });
  tellIfAvailable(work, transaction);
  return transaction.id;
};

export const outcomeOf = (declined: DeclineReason | null, pending: boolean): ChargeObject['outcome'] =>
  declined === null && !pending ? approvedOutcome : newOutcome(declined, pending);

const newOutcome = (declined: DeclineReason | null, pending: boolean): ChargeObject['outcome'] => ({
  advice_code: declined?.adviceCode ?? null,
  network_advice_code: null,
  network_decline_code: declined?.networkDeclineCode ?? null,
  network_status: declined === null ? (pending ? 'not_sent_to_network' : 'approved_by_network') : 'declined_by_network',
  reason: declined?.declineCode ?? null,
  risk_level: 'normal',
  risk_score: 20,
  seller_message: declined === null ? (pending ? null : 'Payment complete.') : 'The bank did not approve this payment.',
  type: declined === null ? 'authorized' : 'issuer_declined',
});

const approvedOutcome = newOutcome(null, false);

const detailsOf = (work: Work, attempt: Attempt): Stripe.Charge.PaymentMethodDetails => {
  const { method, captureBefore } = attempt;
  const { card, sepa_debit: bank, us_bank_account: usBank } = method;
  if (card !== undefined) {
    const details = cardDetails(work, card, attempt.authenticated);
    return { type: 'card', card: captureBefore === null ? details : { ...details, capture_before: captureBefore } };
  }
  if (usBank !== undefined) return usBankDetails(usBank);
  if (bank === undefined) return { type: method.type };
  const { bank_code, branch_code, country, fingerprint, last4 } = bank;
  return { type: 'sepa_debit', sepa_debit: { bank_code, branch_code, country, fingerprint, last4, mandate: null } };
};

const usBankDetails = (bank: Stripe.PaymentMethod.UsBankAccount): Stripe.Charge.PaymentMethodDetails => ({
  type: 'us_bank_account',
  us_bank_account: {
    account_holder_type: bank.account_holder_type,
    account_type: bank.account_type,
    bank_name: bank.bank_name,
    fingerprint: bank.fingerprint,
    last4: bank.last4,
    payment_reference: null,
    routing_number: bank.routing_number,
  },
});

const authenticatedCard: Stripe.Charge.PaymentMethodDetails.Card.ThreeDSecure = {
  authentication_flow: 'challenge',
  electronic_commerce_indicator: '05',
  exemption_indicator: null,
  result: 'authenticated',
  result_reason: null,
  transaction_id: null,
  version: '2.2.0',
};

/** What accounts on Stripe's usual pricing get: https://docs.stripe.com/payments/incremental-authorization */
const notIncremental = { status: 'unavailable' } as const;

const cardDetails = (
  work: Work,
  card: Stripe.PaymentMethod.Card,
  authenticated: boolean,
): Stripe.Charge.PaymentMethodDetails.Card => ({
  amount_authorized: null,
  authorization_code: String(100_000 + Math.floor(work.random() * 900_000)),
  brand: card.brand,
  checks: card.checks,
  country: card.country,
  electronic_commerce_indicator: authenticated ? '05' : null,
  exp_month: card.exp_month,
  exp_year: card.exp_year,
  fingerprint: card.fingerprint ?? null,
  funding: card.funding,
  incremental_authorization: notIncremental,
  installments: null,
  last4: card.last4,
  mandate: null,
  network: card.brand,
  network_transaction_id: null,
  regulated_status: card.regulated_status,
  three_d_secure: authenticated ? authenticatedCard : null,
  transaction_link_id: null,
  wallet: null,
});
