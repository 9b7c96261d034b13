import type Stripe from 'stripe';
import { checkedFunding, type Funding } from '../cash-balance/bank-transfer.js';
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

interface Said {
  readonly card?: BilledOptions['card'];
  readonly customer_balance?: Funding | null;
}

/** Options of methods as invoices and subscriptions show them: each that was not said is null. */
export const billedOptions = ({ card = null, customer_balance: cash = null }: Said): BilledOptions => ({
  ...noOptions,
  card,
  customer_balance: cash === null ? null : (billedCash(cash) as BilledOptions['customer_balance']),
});

/** How whoever pays by bank transfer is to send the money. */
const billedCash = ({ bank_transfer: transfer, funding_type = null }: Funding) => ({
  funding_type,
  ...(transfer === undefined ? {} : { bank_transfer: { type: null, ...transfer } }),
});

interface Served<Card> {
  readonly card?: Partial<Card> | null;
  readonly customer_balance?: Funding | null;
}

interface GivenOptions<Card> {
  readonly card?: Card | '' | null;
  readonly customer_balance?: Funding | '' | null;
}

/**
 * What is given of the methods that have options here, cards and bank transfers: null where it is taken back, and nothing where it
 * is not named. Options of other methods, and those of cards that are named, are refused by name.
 */
export const servedOptions = <Card extends object>(
  given: GivenOptions<Card>,
  unservedOfCards: readonly string[],
): Served<Card> => {
  const inside = 'payment_settings[payment_method_options]';
  const { card, customer_balance: cash, ...others } = given;
  refuseUnserved(others, Object.keys(others), inside);
  refuseUnserved(card || {}, unservedOfCards, `${inside}[card]`);
  return {
    ...(card === undefined ? {} : { card: card || null }),
    ...(cash === undefined
      ? {}
      : { customer_balance: cash ? checkedFunding(cash, `${inside}[customer_balance]`) : null }),
  };
};
