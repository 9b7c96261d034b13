import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import { subscriptionsOfCustomer } from '../../subscriptions/subscription.js';
import type { Work } from '../../work.js';
import { cashBalanceOf } from '../cash-balance/cash-balance.js';
import { idOf } from '../charges/charge.js';
import { type DiscountObject, discountShown } from '../discounts/discount.js';
import { sourcesOf } from '../sources/sources-of.js';
import { taxIdsOfCustomer } from './tax-id.js';

export interface CustomerObject extends Omit<Stripe.Customer, 'discount'> {
  readonly discount: DiscountObject | null;
  /** Credit balances in currencies besides the customer's own. */
  readonly _otherBalances?: Readonly<Record<string, number>>;
}

/** As many as a list shows unless asked for more: https://docs.stripe.com/api/pagination */
const sourcesShownMax = 10;

export const customers = defineCollection<CustomerObject>({
  type: 'customer',
  prefix: 'cus',
  path: (customer) => `/v1/customers/${customer.id}`,
  indexes: ['email', 'test_clock'],
  isSearched: true,
  render: (customer, work, version) => {
    const { discount } = customer;
    return discount === null ? { ...customer } : { ...customer, discount: discountShown(work, discount, version) };
  },
  included: {
    cash_balance: (customer, work) => cashBalanceOf(work, customer.id),
    invoice_credit_balance: (customer) => ({
      ...(typeof customer.currency === 'string' ? { [customer.currency]: customer.balance } : {}),
      ...customer._otherBalances,
    }),
    sources: (customer, work) => {
      const all = sourcesOf(work, customer.id).reverse();
      const shown = all.slice(0, sourcesShownMax);
      const url = `/v1/customers/${customer.id}/sources`;
      return { object: 'list', data: shown, has_more: all.length > shown.length, url };
    },
    subscriptions: (customer, work) => subscriptionsOfCustomer(work, customer.id),
    tax_ids: (customer, work) => taxIdsOfCustomer(work, customer.id),
  },
});

/** The test clock of a customer, and with it of all that is theirs; null for those who live in the account's own time. */
export const clockOf = (customer: CustomerObject): string | null => idOf(customer.test_clock ?? null);

/** The clock of whoever has this id; null also for nobody, as a customer who was deleted has none. */
export const clockOfCustomer = (work: Work, customerId: string | null): string | null => {
  const customer = customerId === null ? undefined : work.get(customers, customerId);
  return customer === undefined ? null : clockOf(customer);
};
