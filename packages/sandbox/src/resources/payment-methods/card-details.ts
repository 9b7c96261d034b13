import { hash } from 'node:crypto';
import type Stripe from 'stripe';
import { invalidRequest, Refusal } from '../../errors.js';
import type { Work } from '../../work.js';
import { declineReasons } from '../charges/decline-reasons.js';
import { hasValidCheckDigit, type TestCard, testCardByNumber, testCardByToken } from './test-cards.js';

/** A card as somebody typed it, or a token that stands for it. */
export interface CardEntry {
  readonly number?: string;
  readonly token?: string;
  readonly exp_month?: number;
  readonly exp_year?: number;
  readonly cvc?: string;
}

export interface EnteredCard {
  readonly testCard: TestCard;
  readonly card: Stripe.PaymentMethod.Card;
}

/** The card, or a refusal that names parameters below `param`, for example `card`. */
export const enteredCard = (work: Work, entry: CardEntry, param: string): EnteredCard => {
  if (entry.token !== undefined) return tokenCard(work, entry.token, `${param}[token]`);
  const testCard = typedCard(entry.number, `${param}[number]`);
  const expiry = checkedExpiry(work, entry, param);
  if (entry.cvc !== undefined && !/^\d{3,4}$/.test(entry.cvc)) {
    throw cardError('invalid_cvc', "Your card's security code is invalid.", `${param}[cvc]`);
  }
  return { testCard, card: cardObject(work, testCard, { ...expiry, hasCvc: entry.cvc !== undefined }) };
};

/** "pm_card_visa" and "tok_visa"; what the token hides expires a year from now. */
export const tokenCard = (work: Work, token: string, param: string): EnteredCard => {
  const testCard = testCardByToken(token);
  if (testCard === undefined) throw invalidRequest(`No such token: '${token}'`, { code: 'resource_missing', param });
  const now = dateOf(work);
  const expiry = { month: now.getUTCMonth() + 1, year: now.getUTCFullYear() + 1 };
  const name = `${work.account.id} ${token} ${expiry.month}/${expiry.year}`;
  const known = tokenCards.get(name);
  if (known !== undefined) return known;
  const entered = { testCard, card: cardObject(work, testCard, { ...expiry, hasCvc: true }) };
  if (tokenCards.size >= tokenCardsMax) tokenCards.clear();
  tokenCards.set(name, entered);
  return entered;
};

/** Every payment by one token has the same card; cleared when accounts and months make them many. */
const tokenCards = new Map<string, EnteredCard>();
const tokenCardsMax = 10_000;

const typedCard = (given: string | undefined, param: string): TestCard => {
  if (given === undefined)
    throw invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
  const number = given.replaceAll(/[ -]/g, '');
  if (!/^\d{12,19}$/.test(number) || !hasValidCheckDigit(number)) {
    throw cardError('incorrect_number', 'Your card number is incorrect.', param);
  }
  const testCard = testCardByNumber(number);
  if (testCard !== undefined) return testCard;
  const reason = declineReasons.test_mode_live_card;
  throw new Refusal(402, {
    type: 'card_error',
    code: reason.code,
    decline_code: reason.declineCode,
    message: reason.message,
    param,
  });
};

interface Expiry {
  readonly month: number;
  readonly year: number;
}

/** Stripe takes years of two digits too: https://docs.stripe.com/api/payment_methods/create */
const checkedExpiry = (work: Work, entry: CardEntry, param: string): Expiry => {
  const month = entry.exp_month ?? 0;
  const year = (entry.exp_year ?? 0) < 100 ? 2000 + (entry.exp_year ?? 0) : (entry.exp_year ?? 0);
  requireExpiry(work, { month, year }, param);
  return { month, year };
};

const expiryYearsMax = 50;

/** Refuses a month that is none and an expiry that is past or absurdly far; `param` is the hash it stands in, or nothing. */
export const requireExpiry = (work: Work, expiry: Expiry, param: string): void => {
  const now = dateOf(work);
  const at = (name: string): string => (param === '' ? name : `${param}[${name}]`);
  if (!Number.isInteger(expiry.month) || expiry.month < 1 || expiry.month > 12) {
    throw cardError('invalid_expiry_month', "Your card's expiration month is invalid.", at('exp_month'));
  }
  const thisYear = now.getUTCFullYear();
  const isPast = expiry.year < thisYear || (expiry.year === thisYear && expiry.month < now.getUTCMonth() + 1);
  if (!Number.isInteger(expiry.year) || isPast || expiry.year > thisYear + expiryYearsMax) {
    throw cardError('invalid_expiry_year', "Your card's expiration year is invalid.", at('exp_year'));
  }
};

const dateOf = (work: Work): Date => new Date(work.now * 1000);

const cardObject = (
  work: Work,
  testCard: TestCard,
  entry: Expiry & { hasCvc: boolean },
): Stripe.PaymentMethod.Card => ({
  brand: testCard.brand,
  checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: entry.hasCvc ? 'pass' : null },
  country: testCard.country,
  display_brand: testCard.brand,
  exp_month: entry.month,
  exp_year: entry.year,
  fingerprint: fingerprintOf(work.account.id, testCard.number),
  funding: testCard.funding,
  generated_from: null,
  last4: testCard.number.slice(-4),
  networks: { available: [testCard.brand], preferred: null },
  regulated_status: 'unregulated',
  three_d_secure_usage: { supported: true },
  wallet: null,
});

/** The same number in the same account has the same fingerprint, so that a doubled card can be noticed. */
const fingerprintOf = (accountId: string, number: string): string =>
  hash('sha256', `${accountId} ${number}`, 'base64')
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .slice(0, 16);

const cardError = (code: string, message: string, param: string): Refusal =>
  new Refusal(402, { type: 'card_error', code, message, param });
