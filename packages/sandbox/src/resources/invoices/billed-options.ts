import type Stripe from 'stripe';
import { provided } from '../../params.js';
import { refuseUnserved } from '../unserved.js';

type BilledOptions = Stripe.Invoice.PaymentSettings.PaymentMethodOptions;

const noOptions: BilledOptions = {
  acss_debit: null,
  bancontact: null,
  card: null,
  customer_balance: null,
  konbini: null,
  payto: null,
  pix: null,
  sepa_debit: null,
  upi: null,
  us_bank_account: null,
};

interface GivenOptions {
  readonly customer_balance?: object | '' | null | undefined;
}

/** Options of methods as invoices and subscriptions show them: each that was not said is null. */
export const billedOptions = (given: GivenOptions): BilledOptions => {
  const { customer_balance: cash, ...others } = given;
  const said = { ...noOptions, ...(provided(others) as Partial<BilledOptions>) };
  return typeof cash === 'object' && cash !== null ? { ...said, customer_balance: billedCash(cash) } : said;
};

interface GivenCash {
  readonly bank_transfer?: object;
  readonly funding_type?: string;
}

/** How whoever pays by bank transfer is to send the money. */
const billedCash = ({ bank_transfer: transfer, funding_type: type }: GivenCash): BilledOptions['customer_balance'] => ({
  funding_type: type === 'bank_transfer' ? type : null,
  ...(transfer === undefined ? {} : { bank_transfer: { type: null, ...transfer } }),
});

interface Served<Card> {
  readonly card: Partial<Card> | undefined;
  readonly customer_balance: GivenOptions['customer_balance'];
}

/**
 * What is given of the methods that have options here, cards and bank transfers; undefined where nothing is said of one. Options of
 * other methods, and those of cards that are named, are refused by name.
 */
export const servedOptions = <Card extends object>(
  given: { readonly card?: Card | '' | null } & GivenOptions,
  unservedOfCards: readonly string[],
): Served<Card> => {
  const inside = 'payment_settings[payment_method_options]';
  const others = Object.keys(given).filter((name) => name !== 'card' && name !== 'customer_balance');
  refuseUnserved(given, others, inside);
  const { card, customer_balance } = given;
  const said = typeof card === 'object' && card !== null ? card : {};
  refuseUnserved(said, unservedOfCards, `${inside}[card]`);
  return { card: card === undefined ? undefined : said, customer_balance };
};
