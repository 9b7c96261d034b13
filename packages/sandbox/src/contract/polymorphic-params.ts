import type { ObjectSchema, Schema } from './contract.js';

/**
 * Parameters that take a hash, too, where the SDK's types say a string and refer to the documentation.
 * https://docs.stripe.com/api/customer_bank_accounts/create and https://docs.stripe.com/api/cards/create
 */
export const polymorphicTypes: Readonly<Record<string, ObjectSchema>> = {
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

/** By type and field. */
export const polymorphicParams: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  CustomerCreateParams: { source },
  CustomerCreateSourceParams: { source },
  CustomerUpdateParams: { source },
};
