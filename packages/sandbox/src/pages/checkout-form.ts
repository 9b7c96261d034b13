import type { CheckoutSessionObject } from '../resources/checkout/checkout-session.js';
import { testBankAccounts } from '../resources/payment-methods/test-bank-accounts.js';
import type { EntryError, FieldName, TypedText } from './checkout-entry.js';
import { escapeHtml } from './layout.js';
import { choice, testCardChoices } from './test-card-choices.js';

/** What a form must know of what it pays for. */
export type Payable = Pick<CheckoutSessionObject, 'cancel_url' | 'payment_method_types'> & {
  readonly allow_promotion_codes?: boolean | null;
};

/** What a form shows beside its fields. */
export interface FormState {
  /** On the button that sends what was typed. */
  readonly verb: string;
  readonly typed: TypedText;
  readonly error: EntryError | null;
}

/** The form: typed fields, and a button for each test card that needs no typing. */
export const checkoutForm = (session: Payable, state: FormState): string => `<form method="post">
${field(state, { name: 'email', label: 'Email', attributes: 'type="email" autocomplete="email"' })}
${typedCard(state)}
${actions(session, state.verb)}
${session.allow_promotion_codes === true ? promotionCode(state) : ''}
${testCards()}
${session.payment_method_types.includes('sepa_debit') ? bankChoices() : ''}
</form>`;

/** Behind the button that pays, which Enter presses: the first of a form. */
const promotionCode = (state: FormState): string => `<h2>Have a promotion code?</h2>
${field(state, { name: 'promotion_code', label: 'Promotion code', attributes: 'autocomplete="off"' })}
<p class="actions"><button type="submit" name="apply" value="code">Apply the code</button></p>`;

/** The same without an email and without anywhere to leave to: for a form that keeps a card. */
export const cardFields = (state: FormState): string => `${typedCard(state)}
${actions({ cancel_url: null }, state.verb)}
${testCards()}`;

const typedCard = (
  state: FormState,
): string => `${field(state, { name: 'card', label: 'Card number', hint: 'Test cards only: 4242 4242 4242 4242', attributes: digits })}
<div class="pair">
${field(state, { name: 'expiry', label: 'Expiry', hint: 'Month/year', attributes: digits })}
${field(state, { name: 'cvc', label: 'Security code', hint: 'Any three digits', attributes: digits })}
</div>
${field(state, { name: 'name', label: 'Name on the card', attributes: 'autocomplete="off"' })}`;

const testCards = (): string => `<h2>Or use a test card</h2>
<p class="hint">Its button sends the form with this card; expiry and security code are filled in.</p>
${testCardChoices()}`;

/** Nothing is to be paid, so no card is asked for. */
export const freeForm = (session: Payable): string => `<form method="post">${actions(session, 'Complete')}</form>`;

/** Says on top what went wrong and leads to the field; without a field it takes the focus itself. */
export const alertOf = (error: EntryError | null): string => {
  if (error === null) return '';
  const text = escapeHtml(error.message);
  return error.field === null
    ? `<p role="alert" tabindex="-1" autofocus>${text}</p>`
    : `<p role="alert"><a href="#${error.field}">${text}</a></p>`;
};

/** Browsers are not to offer the visitor's real cards here, as they do for cc-number. */
const digits = 'inputmode="numeric" autocomplete="off"';

interface Field {
  readonly name: FieldName;
  readonly label: string;
  readonly hint?: string;
  readonly attributes: string;
}

const field = ({ typed, error }: FormState, { name, label, hint, attributes }: Field): string => {
  const isWrong = error?.field === name;
  const notes = [hint === undefined ? '' : `${name}-hint`, isWrong ? `${name}-error` : ''].filter((id) => id !== '');
  const described = notes.length === 0 ? '' : ` aria-describedby="${notes.join(' ')}"`;
  return `<div class="field"><label for="${name}">${label}</label>
${hint === undefined ? '' : `<p class="hint" id="${name}-hint">${hint}</p>`}
<input id="${name}" name="${name}" ${attributes} value="${escapeHtml(typed[name] ?? '')}"${described}${isWrong ? ' aria-invalid="true" autofocus' : ''}>
${isWrong ? `<p class="error" id="${name}-error">${escapeHtml(error.message)}</p>` : ''}</div>`;
};

/** The first button of the form, which Enter in a field presses. */
const actions = (session: Pick<Payable, 'cancel_url'>, verb: string): string => {
  const leave =
    session.cancel_url === null ? '' : `<a href="${escapeHtml(session.cancel_url)}">Leave without finishing</a>`;
  return `<p class="actions"><button type="submit">${escapeHtml(verb)}</button>${leave}</p>`;
};

const bankChoices = (): string => `<h2>Or a bank account that answers later</h2>
<p class="hint">SEPA direct debit: the checkout completes unpaid, and the bank's answer follows after some minutes.</p>
<ul class="choices">
${testBankAccounts.map(({ iban, answers }) => choice('iban', iban, answers === 'pays_later' ? 'Is paid later' : 'Is refused later')).join('\n')}
</ul>`;
