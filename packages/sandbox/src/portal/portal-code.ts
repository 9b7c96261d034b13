import type Stripe from 'stripe';
import { invalidRequest } from '../errors.js';
import { textField } from '../pages/text-field.js';
import { isActive, promotionCodes } from '../resources/discounts/promotion-code.js';
import { asked, type Retry, type Visit } from './portal-visit.js';

const name = 'promotion_code';

const isAllowed = ({ configuration }: Visit): boolean =>
  configuration.features.subscription_update.default_allowed_updates.includes(name);

/** Where the configuration lets customers use codes; nothing elsewhere. */
export const codeField = (visit: Visit, { error, typed }: Retry): string =>
  isAllowed(visit)
    ? textField({ name, label: 'Promotion code', attributes: 'autocomplete="off"' }, typed.get(name) ?? '', error)
    : '';

/** The discount of the code that was typed, in place of what the subscription has; none when nothing was typed. */
export const codeDiscounts = (visit: Visit): Pick<Stripe.SubscriptionUpdateParams, 'discounts'> => {
  const typed = asked(visit, name);
  if (typed === '') return {};
  if (!isAllowed(visit)) throw invalidRequest('Codes are not taken here.', { param: name });
  const { customer, work } = visit;
  const code = work
    .where(promotionCodes, '_code', typed.toLowerCase())
    .find((one) => isActive(work, one) && (one.customer === null || one.customer === customer.id));
  if (code === undefined) throw invalidRequest('This code is invalid.', { param: name });
  return { discounts: [{ promotion_code: code.id }] };
};
