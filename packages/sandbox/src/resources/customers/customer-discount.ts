import type { Work } from '../../work.js';
import { type DiscountObject, discounts, redeem } from '../discounts/discount.js';
import { type CustomerObject, customers } from './customer.js';

/** What versions before basil took when a customer was made or changed; `''` takes the discount away. */
export interface CustomerDiscountParams {
  readonly coupon?: string;
  readonly promotion_code?: string;
}

/** The customer with the discount the request gives, or as it is when it gives none. */
export const giveDiscount = (work: Work, customer: CustomerObject, params: CustomerDiscountParams): CustomerObject => {
  const { coupon, promotion_code: code } = params;
  if (coupon === undefined && code === undefined) return customer;
  if (coupon === '' || code === '') return customer.discount === null ? customer : takeDiscount(work, customer);
  const given = {
    ...(coupon === undefined ? {} : { coupon }),
    ...(code === undefined ? {} : { promotion_code: code }),
  };
  const discount = redeem(work, given, { customer: customer.id, order: null }, '');
  const { discount: earlier } = customer;
  if (earlier !== null) work.remove(discounts, earlier.id);
  work.emit(
    earlier === null ? 'customer.discount.created' : 'customer.discount.updated',
    discount,
    earlier ?? undefined,
  );
  if (discount.end === null) work.unschedule('customer.discount_ends', customer.id);
  else work.schedule('customer.discount_ends', customer.id, discount.end);
  return work.update(customers, customer, { discount });
};

/** The customer without its discount. Invoices made meanwhile keep theirs. */
export const takeDiscount = (work: Work, customer: CustomerObject): CustomerObject => {
  const { discount } = customer;
  if (discount === null) return customer;
  work.remove(discounts, discount.id);
  work.unschedule('customer.discount_ends', customer.id);
  work.emit<DiscountObject>('customer.discount.deleted', discount);
  return work.update(customers, customer, { discount: null });
};
