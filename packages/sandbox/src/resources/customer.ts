import type Stripe from 'stripe';
import { defineCollection } from '../collection.js';
import { taxIdsOfCustomer } from './tax-id.js';

export type CustomerObject = Stripe.Customer;

export const customers = defineCollection<CustomerObject>({
  type: 'customer',
  prefix: 'cus',
  path: (customer) => `/v1/customers/${customer.id}`,
  indexes: ['email'],
  isSearched: true,
  included: { tax_ids: (customer, work) => taxIdsOfCustomer(work, customer.id) },
});
