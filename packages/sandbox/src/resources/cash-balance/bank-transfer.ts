import { hash } from 'node:crypto';
import type Stripe from 'stripe';
import { invalidRequest } from '../../errors.js';
import type { Work } from '../../work.js';

export type FinancialAddress = Stripe.FundingInstructions.BankTransfer.FinancialAddress;

export type TransferType =
  | 'eu_bank_transfer'
  | 'gb_bank_transfer'
  | 'jp_bank_transfer'
  | 'mx_bank_transfer'
  | 'us_bank_transfer';

/** Which transfers bring which currency: https://docs.stripe.com/payments/bank-transfers#supported-currencies */
const typeByCurrency: ReadonlyMap<string, TransferType> = new Map([
  ['eur', 'eu_bank_transfer'],
  ['gbp', 'gb_bank_transfer'],
  ['jpy', 'jp_bank_transfer'],
  ['mxn', 'mx_bank_transfer'],
  ['usd', 'us_bank_transfer'],
]);

export const transferTypeOf = (currency: string): TransferType | undefined => typeByCurrency.get(currency);

const transferTypes: readonly string[] = [...typeByCurrency.values()];
const fundingTypes: readonly string[] = ['bank_transfer'];

/** Countries whose account numbers a customer can be given: https://docs.stripe.com/payments/bank-transfers/accept-a-payment */
const euroCountries = ['BE', 'DE', 'ES', 'FR', 'IE', 'NL'];

export interface TransferChoice {
  readonly type?: string | null;
  readonly eu_bank_transfer?: { readonly country?: string };
  readonly requested_address_types?: readonly string[];
}

/** How a customer is to add to their cash, as requests say it and payments keep it. */
export interface Funding {
  readonly bank_transfer?: TransferChoice;
  readonly funding_type?: string | null;
}

/**
 * What a request says of it, whatever the currency will be; `param` is the hash that says it. Invoices and subscriptions have no
 * list of types in the API, and no payment has one of countries.
 */
export const checkedFunding = ({ bank_transfer: choice, ...funding }: Funding, param: string): Funding => {
  requireOneOf(fundingTypes, funding.funding_type, `${param}[funding_type]`);
  if (choice === undefined) return funding;
  const transfer = `${param}[bank_transfer]`;
  const country = choice.eu_bank_transfer?.country;
  requireOneOf(transferTypes, choice.type, `${transfer}[type]`);
  if (country === undefined) return { ...funding, bank_transfer: choice };
  return {
    ...funding,
    bank_transfer: {
      ...choice,
      eu_bank_transfer: { country: euroCountry(country, `${transfer}[eu_bank_transfer][country]`) },
    },
  };
};

const requireOneOf = (values: readonly string[], given: string | null | undefined, param: string): void => {
  if (given === undefined || given === null || values.includes(given)) return;
  throw invalidRequest(`Invalid ${param}: must be one of ${values.join(', ')}`, { param });
};

export interface Transfer {
  readonly type: TransferType;
  readonly country: string;
  /** Of the addresses there are; all when nothing is asked. */
  readonly addressTypes: readonly string[] | null;
}

/** The transfer a request asks for in this currency; `param` is the hash that says it. */
export const transferFrom = (currency: string, choice: TransferChoice, param: string): Transfer => {
  const type = transferTypeOf(currency);
  if (type === undefined) {
    throw invalidRequest(`Bank transfers in ${currency} are not supported: use eur, gbp, jpy, mxn or usd.`, {
      param: 'currency',
    });
  }
  if (choice.type !== type) {
    throw invalidRequest(`The bank transfer type for ${currency} is ${type}.`, { param: `${param}[type]` });
  }
  return { type, country: countryOf(type, choice, param), addressTypes: choice.requested_address_types ?? null };
};

const countries = { gb_bank_transfer: 'GB', jp_bank_transfer: 'JP', mx_bank_transfer: 'MX', us_bank_transfer: 'US' };

const countryOf = (type: TransferType, choice: TransferChoice, param: string): string => {
  if (type !== 'eu_bank_transfer') return countries[type];
  const country = choice.eu_bank_transfer?.country;
  const path = `${param}[eu_bank_transfer][country]`;
  if (country === undefined || country === '') {
    throw invalidRequest(`Missing required param: ${path}.`, { code: 'parameter_missing', param: path });
  }
  return euroCountry(country, path);
};

const euroCountry = (given: string, param: string): string => {
  const country = given.toUpperCase();
  requireOneOf(euroCountries, country, param);
  return country;
};

/** Where a customer sends money to: the same numbers each time, and of this customer alone. */
export const addressesOf = (work: Work, customer: string, transfer: Transfer): FinancialAddress[] => {
  const digits = digitsOf(`${work.account.id} ${customer} ${transfer.type}`);
  const { addressTypes } = transfer;
  const all = addressesByType[transfer.type](digits, transfer.country);
  return addressTypes === null ? all : all.filter(({ type }) => addressTypes.includes(type));
};

/** Enough digits for any account number. */
const digitsOf = (name: string): string =>
  [...hash('sha256', name, 'hex')].map((letter) => String(Number.parseInt(letter, 16) % 10)).join('');

const addressIn = (country: string, line1: string, city: string): Stripe.Address => ({
  city,
  country,
  line1,
  line2: null,
  postal_code: null,
  state: null,
});

const holder = (country: string) => ({
  account_holder_name: 'Sandbox',
  account_holder_address: addressIn(country, '1 Test Street', 'Testville'),
  bank_address: addressIn(country, '1 Bank Street', 'Testville'),
});
const bank = { bank_name: 'Test Bank' };

const addressesByType: Readonly<Record<TransferType, (digits: string, country: string) => FinancialAddress[]>> = {
  us_bank_transfer: (digits, country) => {
    const account = { ...holder(country), ...bank, account_number: digits.slice(0, 12), account_type: 'checking' };
    return [
      {
        type: 'aba',
        aba: { ...account, routing_number: '110000000' },
        supported_networks: ['ach', 'domestic_wire_us'],
      },
      { type: 'swift', swift: { ...account, swift_code: 'TSTEZ122' }, supported_networks: ['swift'] },
    ];
  },
  eu_bank_transfer: (digits, country) => [
    {
      type: 'iban',
      iban: { ...holder(country), bic: `TEST${country}FF`, country, iban: ibanOf(country, digits) },
      supported_networks: ['sepa'],
    },
  ],
  gb_bank_transfer: (digits, country) => [
    {
      type: 'sort_code',
      sort_code: { ...holder(country), account_number: digits.slice(0, 8), sort_code: '108800' },
      supported_networks: ['bacs', 'fps'],
    },
  ],
  jp_bank_transfer: (digits, country) => [
    {
      type: 'zengin',
      zengin: {
        ...holder(country),
        ...bank,
        account_number: digits.slice(0, 7),
        account_type: 'futsu',
        bank_code: '0000',
        branch_code: '000',
        branch_name: 'Test branch',
      },
      supported_networks: ['zengin'],
    },
  ],
  mx_bank_transfer: (digits, country) => [
    {
      type: 'spei',
      spei: { ...holder(country), ...bank, bank_code: '000', clabe: digits.slice(0, 18) },
      supported_networks: ['spei'],
    },
  ],
};

/** What follows the check digits in the numbers of each country: how many letters of a bank, and digits. */
const ibanParts: Readonly<Record<string, readonly [letters: string, digits: number]>> = {
  BE: ['', 12],
  DE: ['', 18],
  ES: ['', 20],
  FR: ['', 23],
  IE: ['TEST', 14],
  NL: ['TEST', 10],
};

/** With the check digits of ISO 13616: the whole, its first four characters last and letters as numbers, leaves 1 of 97. */
const ibanOf = (country: string, digits: string): string => {
  const [letters, length] = ibanParts[country] ?? ['', 18];
  const account = letters + digits.slice(0, length);
  const numbers = [...`${account}${country}00`].map((letter) => String(Number.parseInt(letter, 36))).join('');
  const check = 98n - (BigInt(numbers) % 97n);
  return `${country}${String(check).padStart(2, '0')}${account}`;
};

/** Who a test transfer came from, as its movement tells. */
export const senderOf = (
  type: TransferType,
): Omit<Stripe.CustomerCashBalanceTransaction.Funded.BankTransfer, 'reference' | 'type'> => {
  if (type === 'eu_bank_transfer') {
    return { eu_bank_transfer: { bic: 'BANKDEAAXXX', iban_last4: '7089', sender_name: sender } };
  }
  if (type === 'gb_bank_transfer') {
    return { gb_bank_transfer: { account_number_last4: '7089', sender_name: sender, sort_code: '108800' } };
  }
  if (type === 'jp_bank_transfer') {
    return { jp_bank_transfer: { sender_bank: 'TEST BANK', sender_branch: 'TEST', sender_name: sender } };
  }
  return type === 'us_bank_transfer' ? { us_bank_transfer: { network: 'ach', sender_name: sender } } : {};
};

const sender = 'Sample Sender';
