import { type TestCard, testCards } from '../resources/payment-methods/test-cards.js';
import { escapeHtml } from './layout.js';

/** Every test card whose behaviour differs, with a button that needs no typing. */
export const testCardChoices = (): string => groups.map(groupChoices).join('\n');

/** A button that sends the form with a test account, and what that account does. */
export const choice = (field: 'test_card' | 'iban', value: string, note: string): string =>
  `<li><button class="quiet" name="${field}" value="${value}" aria-describedby="about-${value}">${groupedDigits(value)}</button> <span id="about-${value}">${escapeHtml(note)}</span></li>`;

interface Group {
  readonly title: string;
  has(card: TestCard): boolean;
}

const isDeclined = ({ behaviour }: TestCard): boolean => behaviour.declines !== null;
const isAuthenticated = ({ behaviour }: TestCard): boolean => behaviour.authentication !== 'never';
const isReturned = ({ behaviour }: TestCard): boolean =>
  behaviour.refund !== 'succeeds' || behaviour.dispute !== null || behaviour.availableAtOnce;

const groups: readonly Group[] = [
  { title: 'Succeeds', has: (card) => !isDeclined(card) && !isAuthenticated(card) && !isReturned(card) },
  { title: 'Asks to authenticate', has: isAuthenticated },
  { title: 'Is declined', has: (card) => isDeclined(card) && !isAuthenticated(card) },
  {
    title: 'Succeeds, and something follows',
    has: (card) => !isDeclined(card) && !isAuthenticated(card) && isReturned(card),
  },
];

const groupChoices = ({ title, has }: Group): string => {
  const cards = testCards.filter((card) => has(card) && isShown(card));
  const rows = cards.map((card) => choice('test_card', card.number, `${describe(card)} (${kindOf(card)})`));
  return `<h3>${title}</h3>
<ul class="choices">
${rows.join('\n')}
</ul>`;
};

/** Cards that differ by their country only are not worth a row. */
const isShown = (card: TestCard): boolean => describe(card) !== 'Succeeds' || card.country === 'US';

/** As they stand on the card: Amex and Diners have their own grouping. */
const groupedDigits = (number: string): string =>
  number.length < 16 ? number.replace(/^(\d{4})(\d{6})/, '$1 $2 ') : number.replaceAll(/(.{4})(?=.)/g, '$1 ');

const brandNames: Readonly<Record<string, string>> = {
  amex: 'American Express',
  diners: 'Diners Club',
  discover: 'Discover',
  jcb: 'JCB',
  mastercard: 'Mastercard',
  unionpay: 'UnionPay',
  visa: 'Visa',
};

const kindOf = ({ brand, funding }: TestCard): string =>
  `${brandNames[brand] ?? brand}${funding === 'credit' ? '' : ` ${funding}`}`;

const authenticationTexts = {
  never: '',
  on_request: 'Asks to authenticate if the payment asks for it, else succeeds',
  always: 'Asks to authenticate every time',
  until_set_up: 'Asks to authenticate; once it is saved, not when the customer is away',
  on_session: 'Asks to authenticate whenever the customer is there',
};

const refundTexts = {
  succeeds: '',
  fails_later: 'Succeeds; a refund fails later',
  pending_then_succeeds: 'Succeeds; a refund waits, then succeeds',
};

const disputeTexts = {
  fraudulent: 'Succeeds, and is disputed at once as fraud',
  product_not_received: 'Succeeds, and is disputed at once as not received',
  inquiry: 'Succeeds, and the bank inquires at once',
};

const describe = (card: TestCard): string => {
  const { authentication, declines, declinesWhenSaved, dispute, refund, availableAtOnce } = card.behaviour;
  const declined = declinesWhenSaved ? 'Declined' : 'Saved, but every charge is declined';
  const parts = [
    authenticationTexts[authentication],
    declines === null ? '' : `${declined}: ${declines.replaceAll('_', ' ')}`,
    dispute === null ? '' : disputeTexts[dispute],
    refundTexts[refund],
    availableAtOnce ? 'Succeeds; the money is available at once' : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'Succeeds' : parts.join('. ');
};
