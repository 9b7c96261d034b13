import { Refusal } from '../errors.js';
import type { PageRequest } from '../operation.js';
import type { CheckoutSessionObject } from '../resources/checkout-session.js';
import { testBankAccountByIban, testBankAccounts } from '../resources/test-bank-accounts.js';
import { type TestCard, testCards } from '../resources/test-cards.js';
import type { Work } from '../work.js';
import { escapeHtml } from './layout.js';

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

const formError = (message: string): Refusal => new Refusal(400, { type: 'invalid_request_error', message });

export const entryFrom = (work: Work, request: PageRequest): CheckoutEntry => {
  const text = (name: string): string => (request.form.get(name) ?? '').trim();
  const iban = text('iban');
  if (iban !== '' && testBankAccountByIban(iban) === undefined)
    throw formError('Choose one of the test bank accounts.');
  const number = text('test_card') || text('card');
  if (number === '' && iban === '') throw formError('Enter a card number, or choose a test card.');
  const expiry = text('expiry') || `12/${new Date(work.now * 1000).getUTCFullYear() + 4}`;
  const [, month, year] = /^(\d{1,2})\s*[/-]?\s*(\d{2}|\d{4})$/.exec(expiry) ?? [];
  if (month === undefined || year === undefined)
    throw formError('Enter the expiry as month and year, for example 12/34.');
  const email = text('email');
  if (email !== '' && !/^[^\s@]+@[^\s@]+$/.test(email)) throw formError('Enter a valid email address.');
  return {
    iban: iban === '' ? null : iban,
    number,
    expiryMonth: Number(month),
    expiryYear: Number(year),
    cvc: text('cvc') || '123',
    email: email === '' ? null : email,
    name: text('name') || null,
  };
};

/** The form: typed fields, and a button for each test card that needs no typing. */
export const checkoutForm = (
  session: CheckoutSessionObject,
  verb: string,
  email: string | null,
): string => `<form method="post">
<label for="email">Email</label>
<input id="email" name="email" type="email" autocomplete="email" value="${escapeHtml(email ?? '')}">
<label for="card">Card number</label>
<input id="card" name="card" inputmode="numeric" autocomplete="cc-number" placeholder="4242 4242 4242 4242">
<label for="expiry">Expiry, month and year</label>
<input id="expiry" name="expiry" inputmode="numeric" autocomplete="cc-exp" placeholder="12/34">
<label for="cvc">Security code</label>
<input id="cvc" name="cvc" inputmode="numeric" autocomplete="cc-csc" placeholder="123">
<label for="name">Name on the card</label>
<input id="name" name="name" autocomplete="cc-name">
<p><button type="submit">${escapeHtml(verb)}</button></p>
<h2>Or use a test card</h2>
<table>
<thead><tr><th>Card</th><th>What it does</th><th>Use it</th></tr></thead>
<tbody>
${testCards.filter(isShown).map(cardRow).join('\n')}
</tbody>
</table>
${session.payment_method_types.includes('sepa_debit') ? bankChoices() : ''}
</form>
${session.cancel_url === null ? '' : `<p><a href="${escapeHtml(session.cancel_url)}">Leave without finishing</a></p>`}`;

/** Cards that differ by their country only are not worth a row. */
const isShown = (card: TestCard): boolean => describe(card) !== 'Succeeds' || card.country === 'US';

const cardRow = (card: TestCard): string => {
  const groups = card.number.replaceAll(/(\d{4})(?=\d)/g, '$1 ');
  return `<tr><td>${groups} (${escapeHtml(card.brand)})</td><td>${escapeHtml(describe(card))}</td><td><button class="quiet" name="test_card" value="${card.number}" aria-label="Use ${groups}: ${escapeHtml(describe(card))}">Use</button></td></tr>`;
};

const describe = (card: TestCard): string => {
  const { authentication, declines, declinesWhenSaved, dispute, refund, availableAtOnce } = card.behaviour;
  const parts = [
    authentication === 'always' ? 'Asks to authenticate every time' : '',
    authentication === 'until_set_up' ? 'Asks to authenticate until it is saved' : '',
    authentication === 'on_session' ? 'Asks to authenticate whenever the customer is there' : '',
    declines === null
      ? ''
      : `${declinesWhenSaved ? 'Declined' : 'Saved, but every charge is declined'}: ${declines.replaceAll('_', ' ')}`,
    dispute === null ? '' : 'Succeeds, and is disputed at once',
    refund === 'succeeds'
      ? ''
      : refund === 'fails_later'
        ? 'Succeeds; a refund fails later'
        : 'Succeeds; a refund waits, then succeeds',
    availableAtOnce ? 'Succeeds; the money is available at once' : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'Succeeds' : parts.join('. ');
};

const bankChoices = (): string => `<h2>Or a bank account that answers later</h2>
<p>SEPA direct debit: the checkout completes unpaid, and the bank's answer follows after some minutes.</p>
${testBankAccounts
  .map(
    (one) =>
      `<p><button class="quiet" name="iban" value="${one.iban}">${one.iban}: ${one.answers === 'pays_later' ? 'is paid later' : 'is refused later'}</button></p>`,
  )
  .join('\n')}`;
