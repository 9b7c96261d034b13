import type { ObjectSchema, Schema } from './contract.js';

/**
 * What parameters take, too, of which the SDK's types say a string and refer to the documentation.
 * https://docs.stripe.com/api/customer_bank_accounts/create and https://docs.stripe.com/api/cards/create
 */
export const documentedTypes: Readonly<Record<string, ObjectSchema>> = {
  'CustomerCreateSourceParams.Source': {
    f: {
      object: { e: ['bank_account', 'card'] },
      account_holder_name: 's',
      account_holder_type: { e: ['company', 'individual'] },
      account_number: 's',
      country: 's',
      currency: 's',
      cvc: 's',
      exp_month: 'n',
      exp_year: 'n',
      name: 's',
      number: 's',
      routing_number: 's',
    },
    r: ['object'],
  },
};

const source: Schema = { u: ['s', '@CustomerCreateSourceParams.Source'] };

/** https://docs.stripe.com/payments/customer-balance/funding-instructions; the SDK's type names but two of them. */
const transferTypes: Schema = {
  e: ['eu_bank_transfer', 'gb_bank_transfer', 'jp_bank_transfer', 'mx_bank_transfer', 'us_bank_transfer'],
};

/** Fields of which the documentation says more than the SDK's types, by type. */
export const documentedFields: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  CustomerCreateParams: { source },
  CustomerCreateSourceParams: { source },
  CustomerUpdateParams: { source },
  'FundingInstructions.BankTransfer': { type: transferTypes },
};
