import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import { declined, invalidRequest, Refusal } from '../../errors.js';
import type { Work } from '../../work.js';
import { declineOf, declineReasons } from '../charges/decline-reasons.js';
import { type EnteredCard, tokenCard } from './card-details.js';
import { testBankAccountByIban } from './test-bank-accounts.js';
import { approved, type CardBehaviour, testCardByNumber } from './test-cards.js';
import { testUsAccountByNumber } from './test-us-accounts.js';

export interface PaymentMethodObject extends Stripe.PaymentMethod {
  /** The test card or IBAN that decides how it behaves. */
  readonly _number: string;
  /** The bank agreed to payments without the customer: a set-up or an authenticated saving payment did it. */
  readonly _setUp: boolean;
  /** Used once without a customer, or detached: never again. https://docs.stripe.com/api/payment_methods/attach */
  readonly _spent: boolean;
}

export const paymentMethods = defineCollection<PaymentMethodObject>({
  type: 'payment_method',
  prefix: 'pm',
  path: (method) => `/v1/payment_methods/${method.id}`,
  label: 'PaymentMethod',
  indexes: ['customer'],
});

const noBillingDetails: Stripe.PaymentMethod.BillingDetails = {
  address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
  email: null,
  name: null,
  phone: null,
  tax_id: null,
};

export interface PaymentMethodExtras {
  readonly billingDetails?: object;
  readonly metadata?: Record<string, string>;
  /** `card` or `ba` for what was no payment method at first: a token at the Charges API, a customer's source. */
  readonly idPrefix?: 'ba' | 'card' | 'pm';
  readonly allowRedisplay?: Stripe.PaymentMethod['allow_redisplay'];
}

/** Puts a new card, not yet attached to anybody. */
export const putCard = (work: Work, entered: EnteredCard, extras: PaymentMethodExtras = {}): PaymentMethodObject =>
  work.put(paymentMethods, {
    ...newMethod(work, extras),
    card: entered.card,
    type: 'card',
    _number: entered.testCard.number,
  });

/** Puts a new bank account that is debited by SEPA; the IBAN is one of the test accounts. */
export const putBankAccount = (work: Work, iban: string, extras: PaymentMethodExtras = {}): PaymentMethodObject =>
  work.put(paymentMethods, {
    ...newMethod(work, extras),
    type: 'sepa_debit',
    sepa_debit: {
      bank_code: iban.slice(4, 9),
      branch_code: '',
      country: iban.slice(0, 2),
      fingerprint: null,
      generated_from: { charge: null, setup_attempt: null },
      last4: iban.slice(-4),
    },
    _number: iban,
  });

/** Puts what stands for a customer's cash balance in a payment. */
export const putCustomerBalance = (work: Work, extras: PaymentMethodExtras = {}): PaymentMethodObject =>
  work.put(paymentMethods, {
    ...newMethod(work, extras),
    type: 'customer_balance',
    customer_balance: {},
    _number: 'customer_balance',
  });

export interface UsBankAccount {
  readonly bankName: string;
  readonly customer: string;
  readonly fingerprint: string;
  readonly holderType: string | null;
  readonly last4: string;
  readonly metadata: Record<string, string>;
  readonly name: string | null;
  readonly number: string;
  readonly routing: string;
}

/** Puts what a bank account that is a customer's source pays by; its number is one of the test accounts. */
export const putUsBankAccount = (work: Work, bank: UsBankAccount): PaymentMethodObject =>
  work.put(paymentMethods, {
    ...newMethod(work, { billingDetails: { name: bank.name }, idPrefix: 'ba', metadata: bank.metadata }),
    type: 'us_bank_account',
    us_bank_account: {
      account_holder_type: bank.holderType as Stripe.PaymentMethod.UsBankAccount['account_holder_type'],
      account_type: 'checking',
      bank_name: bank.bankName,
      financial_connections_account: null,
      fingerprint: bank.fingerprint,
      last4: bank.last4,
      networks: { preferred: 'ach', supported: ['ach'] },
      routing_number: bank.routing,
      status_details: null,
    },
    customer: bank.customer,
    _number: bank.number,
  });

const newMethod = (work: Work, extras: PaymentMethodExtras): Omit<PaymentMethodObject, 'type' | '_number'> => ({
  id: work.newId(extras.idPrefix ?? 'pm'),
  object: 'payment_method',
  allow_redisplay: extras.allowRedisplay ?? 'unspecified',
  billing_details: withBillingDetails(noBillingDetails, extras.billingDetails),
  created: work.now,
  customer: null,
  customer_account: null,
  livemode: work.account.livemode,
  metadata: extras.metadata ?? {},
  _setUp: false,
  _spent: false,
});

export const withBillingDetails = (
  before: Stripe.PaymentMethod.BillingDetails,
  given: object | undefined,
): Stripe.PaymentMethod.BillingDetails => {
  if (given === undefined) return before;
  const after: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (name === 'address' && value !== '') after[name] = { ...noBillingDetails.address, ...before.address, ...value };
    else after[name] = value === '' ? null : value;
  }
  return after as unknown as Stripe.PaymentMethod.BillingDetails;
};

/**
 * The method with this id. A magic id such as `pm_card_visa` makes a new method each time.
 * https://docs.stripe.com/testing#cards
 */
export const paymentMethodFor = (work: Work, id: string, param?: string): PaymentMethodObject =>
  isMagic(id) ? putCard(work, tokenCard(work, id, param ?? 'id')) : work.require(paymentMethods, id, param);

export const isMagic = (id: string): boolean => id.startsWith('pm_card_') && !id.includes(' ');

export const behaviourOf = (method: PaymentMethodObject): CardBehaviour => {
  const card = testCardByNumber(method._number);
  if (card !== undefined) return card.behaviour;
  const usAccount = testUsAccountByNumber(method._number);
  if (usAccount !== undefined)
    return { ...approved, answers: usAccount.refuses === null ? 'pays_later' : 'refuses_later' };
  return { ...approved, answers: testBankAccountByIban(method._number)?.answers ?? 'at_once' };
};

export const requireUsable = (method: PaymentMethodObject): void => {
  if (!method._spent) return;
  throw invalidRequest(
    'The provided PaymentMethod was previously used without being attached to a Customer, or was detached from one. It may not be used again.',
    { code: 'payment_method_unexpected_state', param: 'payment_method' },
  );
};

/** Attaches to the customer; a card that plainly declines is refused with 402 already here. */
export const attach = (work: Work, method: PaymentMethodObject, customerId: string): PaymentMethodObject => {
  if (method.customer === customerId) return method;
  if (method.type === 'customer_balance') {
    throw invalidRequest('PaymentMethods of type customer_balance cannot be saved to customers.', {
      code: 'payment_method_unexpected_state',
      param: 'payment_method',
    });
  }
  requireUsable(method);
  if (method.customer !== null) {
    throw invalidRequest('The payment method you provided has already been attached to a customer.', {
      code: 'payment_method_unexpected_state',
      param: 'payment_method',
    });
  }
  const { declines, declinesWhenSaved } = behaviourOf(method);
  if (declines !== null && declinesWhenSaved) {
    const refusal = declined(declineOf(declineReasons[declines], { payment_method: work.render(method) }));
    throw new Refusal(refusal.status, refusal.body);
  }
  return attachUnasked(work, method, customerId);
};

/** Attaches without asking the bank: a payment or a set-up just asked it. */
export const attachUnasked = (work: Work, method: PaymentMethodObject, customerId: string): PaymentMethodObject => {
  if (method.customer === customerId) return method;
  const attached = work.update(paymentMethods, method, { customer: customerId });
  work.emit('payment_method.attached', attached);
  return attached;
};
