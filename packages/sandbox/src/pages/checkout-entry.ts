import { Refusal } from '../errors.js';
import type { PageRequest } from '../operation.js';
import { testBankAccountByIban } from '../resources/payment-methods/test-bank-accounts.js';
import { testCardByNumber } from '../resources/payment-methods/test-cards.js';
import type { Work } from '../work.js';

/** What the visitor sent. A script may send `card` alone: the rest has defaults that every test card takes. */
export interface CheckoutEntry {
  readonly iban: string | null;
  readonly number: string;
  readonly expiryMonth: number;
  readonly expiryYear: number;
  readonly cvc: string;
  readonly email: string | null;
  readonly name: string | null;
}

export type FieldName = 'email' | 'card' | 'expiry' | 'cvc' | 'name' | 'promotion_code';

/** What stands in the fields when the page is shown again. */
export type TypedText = Partial<Record<FieldName, string>>;

/** What was wrong, and in which field; null when no field is to blame, as with a button. */
export interface EntryError {
  readonly message: string;
  readonly field: FieldName | null;
}

const formError = (message: string, field?: FieldName): Refusal =>
  new Refusal(400, { type: 'invalid_request_error', message, ...(field === undefined ? {} : { param: field }) });

const textOf = (request: PageRequest, name: string): string => (request.form.get(name) ?? '').trim();

export const entryFrom = (work: Work, request: PageRequest): CheckoutEntry => {
  const iban = textOf(request, 'iban');
  if (iban !== '' && testBankAccountByIban(iban) === undefined)
    throw formError('Choose one of the test bank accounts.');
  const number = textOf(request, 'test_card') || textOf(request, 'card');
  const email = textOf(request, 'email');
  if (email !== '' && !/^[^\s@]+@[^\s@]+$/.test(email)) throw formError('Enter a valid email address.', 'email');
  if (number === '' && iban === '') throw formError('Enter a card number, or choose a test card.', 'card');
  const expiry = textOf(request, 'expiry') || `12/${new Date(work.now * 1000).getUTCFullYear() + 4}`;
  const [, month, year] = /^(\d{1,2})\s*[/-]?\s*(\d{2}|\d{4})$/.exec(expiry) ?? [];
  if (month === undefined || year === undefined)
    throw formError('Enter the expiry as month and year, for example 12/34.', 'expiry');
  return {
    iban: iban === '' ? null : iban,
    number,
    expiryMonth: Number(month),
    expiryYear: Number(year),
    cvc: textOf(request, 'cvc') || '123',
    email: email === '' ? null : email,
    name: textOf(request, 'name') || null,
  };
};

/**
 * What the visitor typed, to be shown again. Never the security code, and of numbers only those of test cards: somebody
 * who typed a real one by mistake must not find it in a page.
 */
export const typedText = (request: PageRequest): TypedText => {
  const number = textOf(request, 'card');
  const isTestCard = testCardByNumber(number.replaceAll(/[ -]/g, '')) !== undefined;
  return {
    email: textOf(request, 'email'),
    card: isTestCard ? number : '',
    expiry: textOf(request, 'expiry'),
    name: textOf(request, 'name'),
    promotion_code: textOf(request, 'promotion_code'),
  };
};

const fieldsByParam: Readonly<Record<string, FieldName>> = {
  email: 'email',
  promotion_code: 'promotion_code',
  card: 'card',
  expiry: 'expiry',
  'card[number]': 'card',
  'card[exp_month]': 'expiry',
  'card[exp_year]': 'expiry',
  'card[cvc]': 'cvc',
};

/** Refusals of the bank name no parameter. */
const fieldsByCode: Readonly<Record<string, FieldName>> = {
  card_declined: 'card',
  expired_card: 'expiry',
  incorrect_cvc: 'cvc',
};

/** A refusal as the page says it. The error stands at the field the visitor used: a chosen test card has none. */
export const entryError = (refusal: Refusal, request: PageRequest): EntryError => {
  const { message, param, code } = refusal.body;
  const isTyped = textOf(request, 'test_card') === '' && textOf(request, 'iban') === '';
  const field = fieldsByParam[param ?? ''] ?? fieldsByCode[code ?? ''] ?? null;
  return { message, field: isTyped || field === 'email' || field === 'promotion_code' ? field : null };
};
