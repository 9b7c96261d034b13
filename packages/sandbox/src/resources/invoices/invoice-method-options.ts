import { refuseUnserved } from '../unserved.js';

/** Invoices and subscriptions show null for every method that has no options, and only cards have some here. */
const unset = Object.fromEntries(
  [
    'acss_debit',
    'bancontact',
    'customer_balance',
    'konbini',
    'payto',
    'pix',
    'sepa_debit',
    'upi',
    'us_bank_account',
  ].map((type) => [type, null]),
);

/** What is shown of the options of methods: what an invoice shows of cards is less than a subscription does. */
export const methodOptions = <Card extends object>(card: Card): { readonly card: Card } => ({ ...unset, card });

/** The options of cards among those given. Options of other methods, and those of cards that are named, are refused by name. */
export const cardOptionsGiven = <Card extends object>(
  given: { readonly card?: Card | '' | null },
  unserved: readonly string[],
): Partial<Card> => {
  const inside = 'payment_settings[payment_method_options]';
  const others = Object.keys(given).filter((name) => name !== 'card');
  refuseUnserved(given, others, inside);
  const card = typeof given.card === 'object' && given.card !== null ? given.card : {};
  refuseUnserved(card, unserved, `${inside}[card]`);
  return card;
};
