import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import { contract } from '../../contract/contract.js';
import { invalidRequest } from '../../errors.js';
import type { Work } from '../../work.js';

export type TaxIdObject = Stripe.TaxId;

export const taxIds = defineCollection<TaxIdObject>({
  type: 'tax_id',
  prefix: 'txi',
  path: (taxId) =>
    taxId.customer === null ? `/v1/tax_ids/${taxId.id}` : `/v1/customers/${String(taxId.customer)}/tax_ids/${taxId.id}`,
  label: 'tax_id',
  indexes: ['customer'],
});

const typeSchema = contract.types.CustomerCreateTaxIdParams?.f.type;
const types = typeof typeSchema === 'object' && 'e' in typeSchema ? new Set<unknown>(typeSchema.e) : new Set<unknown>();

/** Whether it is one of the types that the API knows; its own requests are checked before. */
export const isTaxIdType = (type: string): boolean => types.has(type);

const valueLengthMax = 100;

interface Given {
  readonly type: string;
  readonly value: string;
}

/** The sandbox asks no authority: only a number that no country of the European Union could have given is refused. */
export const putTaxId = (work: Work, customerId: string, given: Given): TaxIdObject => {
  const taxId = work.put(taxIds, {
    ...newTaxId(work, given),
    customer: customerId,
    owner: { type: 'customer', customer: customerId, customer_account: null },
    verification: { status: 'unavailable', verified_address: null, verified_name: null },
  });
  work.emit('customer.tax_id.created', taxId);
  return taxId;
};

/** One of the account itself, which nobody verifies and no event tells of. */
export const putAccountTaxId = (work: Work, given: Given): TaxIdObject =>
  work.put(taxIds, {
    ...newTaxId(work, given),
    customer: null,
    owner: { type: 'self', customer_account: null },
    verification: null,
  });

const newTaxId = (work: Work, given: Given): Omit<TaxIdObject, 'customer' | 'owner' | 'verification'> => {
  if (given.value.trim() === '' || given.value.length > valueLengthMax) {
    throw invalidRequest('Invalid value for a tax id.', { code: 'tax_id_invalid', param: 'value' });
  }
  if (given.type === 'eu_vat' && !vatNumber.test(given.value)) {
    throw invalidRequest('Invalid value for eu_vat.', { code: 'tax_id_invalid', param: 'value' });
  }
  return {
    id: work.newId('txi'),
    object: 'tax_id',
    country: countryOf(given),
    created: work.now,
    customer_account: null,
    livemode: work.account.livemode,
    type: given.type as TaxIdObject['type'],
    value: given.value,
  };
};

/**
 * A member state, or Northern Ireland, and what each of them makes of the rest, with the separators people write:
 * https://docs.stripe.com/billing/customer/tax-ids#supported-tax-id
 */
const vatNumber =
  /^(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)[0-9A-Z+* .-]{2,16}$/i;

/** "de_stn" → DE; the number of the European Union begins with its country, which for Greece is not its code. */
const countryOf = ({ type, value }: Given): string | null => {
  if (type === 'eu_vat') {
    const country = value.slice(0, 2).toUpperCase();
    return country === 'EL' ? 'GR' : country === 'XI' ? 'GB' : country;
  }
  const prefix = type.split('_')[0] ?? '';
  return prefix.length === 2 ? prefix.toUpperCase() : null;
};

const shownMax = 10;

/** The list inside a customer, newest first. */
export const taxIdsOfCustomer = (work: Work, customerId: string) => {
  const all = work.where(taxIds, 'customer', customerId).reverse();
  const url = `/v1/customers/${customerId}/tax_ids`;
  return { object: 'list' as const, data: all.slice(0, shownMax), has_more: all.length > shownMax, url };
};
