import type Stripe from 'stripe';
import { Refusal } from '../../errors.js';
import { operation, type Resource } from '../../operation.js';
import type { Work } from '../../work.js';
import { deletedDiscount, discounts } from '../discounts/discount.js';
import { customers } from './customer.js';
import { takeDiscount } from './customer-discount.js';

const deleteCustomerDiscount = operation<Stripe.CustomerDeleteDiscountParams>((context) => {
  const before = context.require(customers, context.path.customer ?? '');
  if (before.discount === null) throw noDiscount(before.id);
  const stub = deletedDiscount(context, before.discount, context.version);
  context.emit('customer.updated', takeDiscount(context, before), before);
  return stub;
});

const noDiscount = (customerId: string): Refusal =>
  new Refusal(404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No active discount for customer: ${customerId}`,
  });

/** A discount for some months ends by itself. */
const endDiscount = (work: Work, customerId: string): void => {
  const before = work.get(customers, customerId);
  if (before === undefined || before.discount === null) return;
  work.emit('customer.updated', takeDiscount(work, before), before);
};

export const customerDiscountsResource: Resource = {
  collections: [discounts],
  operations: { 'DELETE /v1/customers/:customer/discount': deleteCustomerDiscount },
  scheduled: { 'customer.discount_ends': endDiscount },
};
