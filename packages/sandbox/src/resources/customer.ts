import type Stripe from 'stripe';
import { defineCollection } from '../collection.js';
import { type DiscountObject, discountShown } from './discount.js';
import { taxIdsOfCustomer } from './tax-id.js';

export interface CustomerObject extends Omit<Stripe.Customer, 'discount'> {
  readonly discount: DiscountObject | null;
  /** Credit balances in currencies besides the customer's own. */
  readonly _otherBalances?: Readonly<Record<string, number>>;
}

export const customers = defineCollection<CustomerObject>({
  type: 'customer',
  prefix: 'cus',
  path: (customer) => `/v1/customers/${customer.id}`,
  indexes: ['email'],
  isSearched: true,
  render: (customer, work, version) => {
    const { discount } = customer;
    return discount === null ? { ...customer } : { ...customer, discount: discountShown(work, discount, version) };
  },
  included: {
    invoice_credit_balance: (customer) => ({
      ...(typeof customer.currency === 'string' ? { [customer.currency]: customer.balance } : {}),
      ...customer._otherBalances,
    }),
    tax_ids: (customer, work) => taxIdsOfCustomer(work, customer.id),
  },
});
