import type { DeclineName } from '../charges/decline-reasons.js';

/** When the bank wants its customer to authenticate. */
export type Authentication =
  /** Not enrolled in 3D Secure, or it knows none: asking for it changes nothing. */
  | 'never'
  /** Only when the payment or set-up asks for it by `request_three_d_secure`. */
  | 'on_request'
  /** On every payment in which the customer takes part; off-session ones pass once the card was set up. */
  | 'until_set_up'
  /** On every payment in which the customer takes part; off-session ones pass. */
  | 'on_session'
  /** On every payment, set up or not. */
  | 'always';

export interface CardBehaviour {
  readonly authentication: Authentication;
  /** Every charge is declined for this, after authentication where there is one. */
  readonly declines: DeclineName | null;
  /** Declined already when it is saved. */
  readonly declinesWhenSaved: boolean;
  readonly refund: 'succeeds' | 'pending_then_succeeds' | 'fails_later';
  /** Disputed at once for this reason; an inquiry takes no money yet. */
  readonly dispute: 'fraudulent' | 'product_not_received' | 'inquiry' | null;
  /** Its money is available at once instead of after the settlement delay. */
  readonly availableAtOnce: boolean;
  /** A bank debit is asked for today and paid or refused days later. */
  readonly answers: 'at_once' | 'pays_later' | 'refuses_later';
}

export interface TestCard {
  readonly number: string;
  /** What follows `pm_card_` and `tok_`. */
  readonly tokens: readonly string[];
  readonly brand: string;
  readonly funding: 'credit' | 'debit' | 'prepaid';
  readonly country: string;
  readonly behaviour: CardBehaviour;
}

export const approved: CardBehaviour = {
  authentication: 'never',
  declines: null,
  declinesWhenSaved: false,
  refund: 'succeeds',
  dispute: null,
  availableAtOnce: false,
  answers: 'at_once',
};

type CardDetails = Partial<Pick<TestCard, 'brand' | 'funding' | 'country'>> & Partial<CardBehaviour>;

const card = (number: string, tokens: string, details: CardDetails = {}): TestCard => {
  const { brand = 'visa', funding = 'credit', country = 'US', ...behaviour } = details;
  return { number, tokens: tokens.split(' '), brand, funding, country, behaviour: { ...approved, ...behaviour } };
};

const declining = (number: string, tokens: string, declines: DeclineName): TestCard =>
  card(number, tokens, { declines, declinesWhenSaved: true });

/** https://docs.stripe.com/testing#cards and the sections after it */
export const testCards: readonly TestCard[] = [
  card('4242424242424242', 'visa us'),
  card('4000056655665556', 'visa_debit', { funding: 'debit' }),
  card('5555555555554444', 'mastercard', { brand: 'mastercard' }),
  card('5200828282828210', 'mastercard_debit', { brand: 'mastercard', funding: 'debit' }),
  card('5105105105105100', 'mastercard_prepaid', { brand: 'mastercard', funding: 'prepaid' }),
  card('378282246310005', 'amex amex_threeDSecureNotSupported', { brand: 'amex' }),
  card('6011111111111117', 'discover', { brand: 'discover' }),
  card('3056930009020004', 'diners', { brand: 'diners' }),
  card('3566002020360505', 'jcb', { brand: 'jcb' }),
  card('6200000000000005', 'unionpay', { brand: 'unionpay' }),
  card('4000000400000008', 'at', { country: 'AT' }),
  card('4000001240000000', 'ca', { country: 'CA' }),
  card('4000002760000016', 'de', { country: 'DE' }),
  card('4000007240000007', 'es', { country: 'ES' }),
  card('4000002500000003', 'fr', { country: 'FR' }),
  card('4000008260000000', 'gb', { country: 'GB' }),
  card('4000003800000008', 'it', { country: 'IT' }),
  card('4000003920000003', 'jp', { country: 'JP' }),
  card('4000005280000002', 'nl', { country: 'NL' }),
  card('4000000000000077', 'bypassPending', { availableAtOnce: true }),
  card('4000003720000278', 'bypassPendingInternational', { country: 'IE', availableAtOnce: true }),
  declining('4000000000000002', 'visa_chargeDeclined chargeDeclined', 'generic_decline'),
  declining(
    '4000000000009995',
    'visa_chargeDeclinedInsufficientFunds chargeDeclinedInsufficientFunds',
    'insufficient_funds',
  ),
  declining('4000000000009987', 'visa_chargeDeclinedLostCard chargeDeclinedLostCard', 'lost_card'),
  declining('4000000000009979', 'visa_chargeDeclinedStolenCard chargeDeclinedStolenCard', 'stolen_card'),
  declining('4000000000000069', 'chargeDeclinedExpiredCard visa_chargeDeclinedExpiredCard', 'expired_card'),
  declining('4000000000000127', 'chargeDeclinedIncorrectCvc visa_chargeDeclinedIncorrectCvc', 'incorrect_cvc'),
  declining('4000000000000119', 'chargeDeclinedProcessingError visa_chargeDeclinedProcessingError', 'processing_error'),
  declining(
    '4000000000006975',
    'visa_chargeDeclinedVelocityLimitExceeded chargeDeclinedVelocityLimitExceeded',
    'card_velocity_exceeded',
  ),
  declining('4100000000000019', 'radarBlock chargeDeclinedFraudulent', 'fraudulent'),
  // Saved without a word, and every charge fails: how a card goes bad after it was saved.
  card('4000000000000341', 'chargeCustomerFail', { declines: 'generic_decline' }),
  card('4000002500003155', 'authenticationRequiredOnSetup', { authentication: 'until_set_up' }),
  card('4000002760003184', 'authenticationRequired', { authentication: 'always' }),
  card('4000003800000446', 'authenticationRequiredSetupForOffSession', { authentication: 'on_session' }),
  card('4000008260003178', 'authenticationRequiredChargeDeclinedInsufficientFunds', {
    authentication: 'until_set_up',
    declines: 'insufficient_funds',
  }),
  card('4000000000003220', 'threeDSecure2Required threeDSecureRequired', { authentication: 'always' }),
  card('4000008400001629', 'threeDSecureRequiredChargeDeclined', {
    authentication: 'always',
    declines: 'generic_decline',
  }),
  card('4000000000003055', 'threeDSecureOptional', { authentication: 'on_request' }),
  card('4000000000007726', 'pendingRefund', { refund: 'pending_then_succeeds' }),
  card('4000000000005126', 'refundFail', { refund: 'fails_later' }),
  card('4000000000000259', 'createDispute', { dispute: 'fraudulent' }),
  card('4000000000002685', 'createDisputeProductNotReceived', { dispute: 'product_not_received' }),
  card('4000000000001976', 'createDisputeInquiry', { dispute: 'inquiry' }),
];

const byNumber = new Map(testCards.map((one) => [one.number, one]));
const byToken = new Map(testCards.flatMap((one) => one.tokens.map((token) => [token, one] as const)));

export const testCardByNumber = (number: string): TestCard | undefined => byNumber.get(number);

/** "pm_card_visa" and "tok_visa" are the same card. */
export const testCardByToken = (token: string): TestCard | undefined => {
  if (token.startsWith('pm_card_')) return byToken.get(token.slice('pm_card_'.length));
  return token.startsWith('tok_') ? byToken.get(token.slice('tok_'.length)) : undefined;
};

/** ISO/IEC 7812-1 annex B: every second digit from the right counts double. */
export const hasValidCheckDigit = (number: string): boolean => {
  let sum = 0;
  for (let position = 0; position < number.length; position += 1) {
    const digit = number.charCodeAt(number.length - 1 - position) - 48;
    const doubled = position % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
};
