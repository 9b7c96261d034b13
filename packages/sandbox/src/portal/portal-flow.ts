import type Stripe from 'stripe';
import { invalidRequest } from '../errors.js';
import { requireRedeemable } from '../resources/discounts/coupon.js';
import { requireRedeemableDiscount } from '../resources/discounts/discount.js';
import { prices } from '../resources/products/price.js';
import { wholeNumber } from '../resources/whole-number.js';
import { isOver, type SubscriptionObject, subscriptions } from '../subscriptions/subscription.js';
import type { Work } from '../work.js';
import { requireAddress } from './portal-address.js';
import type { PortalConfigurationObject } from './portal-configurations.js';
import { isOffered, quantityBounds } from './portal-offer.js';
import type { PortalFlow } from './portal-session.js';

type Given = Stripe.BillingPortal.SessionCreateParams.FlowData;

interface Opening {
  readonly customer: string;
  readonly configuration: PortalConfigurationObject;
}

const noStep = {
  customer_update: null,
  subscription_cancel: null,
  subscription_pause: null,
  subscription_update: null,
  subscription_update_confirm: null,
};

/** What a request asks the customer to do, checked so far that the page will be able to do it. */
export const flowFrom = (work: Work, opening: Opening, given: Given): PortalFlow => ({
  ...noStep,
  after_completion: afterCompletion(given.after_completion),
  type: given.type,
  ...stepFrom(work, opening, given),
});

const afterCompletion = (given: Given['after_completion']): PortalFlow['after_completion'] => {
  const type = given?.type ?? 'portal_homepage';
  return {
    type,
    redirect: type === 'redirect' ? { return_url: redirectTarget(given?.redirect) } : null,
    hosted_confirmation:
      type === 'hosted_confirmation' ? { custom_message: given?.hosted_confirmation?.custom_message ?? null } : null,
  };
};

const redirectTarget = (redirect: NonNullable<Given['after_completion']>['redirect']): string => {
  const param = 'flow_data[after_completion][redirect]';
  if (redirect === undefined) throw missing(param);
  return requireAddress(redirect.return_url, `${param}[return_url]`);
};

const stepFrom = (work: Work, opening: Opening, given: Given): Partial<PortalFlow> => {
  const { features } = opening.configuration;
  switch (given.type) {
    case 'payment_method_update':
      requireFeature(features.payment_method_update.enabled, 'payment method update', 'The customer cannot add one');
      return {};
    case 'customer_update':
      requireFeature(features.customer_update.enabled, 'customer update', 'This customer cannot be updated');
      return { customer_update: {} };
    case 'subscription_cancel': {
      requireFeature(features.subscription_cancel.enabled, 'subscription cancellation', cannot('canceled'));
      const { subscription, retention } = given.subscription_cancel ?? {};
      const found = subscriptionOf(work, opening, subscription, 'subscription_cancel');
      if (found.cancel_at !== null) throw invalidRequest(`The subscription ${found.id} is set to be canceled already.`);
      if (retention !== undefined) {
        const param = 'flow_data[subscription_cancel][retention][coupon_offer][coupon]';
        requireRedeemable(work, retention.coupon_offer.coupon, param);
      }
      return {
        subscription_cancel: {
          subscription: found.id,
          retention:
            retention === undefined
              ? null
              : { type: 'coupon_offer', coupon_offer: { coupon: retention.coupon_offer.coupon } },
        },
      };
    }
    case 'subscription_update': {
      requireFeature(features.subscription_update.enabled, 'subscription update', cannot('updated'));
      const found = subscriptionOf(work, opening, given.subscription_update?.subscription, 'subscription_update');
      requireOneItem(found);
      return { subscription_update: { subscription: found.id } };
    }
    case 'subscription_update_confirm': {
      requireFeature(features.subscription_update.enabled, 'subscription update', cannot('updated'));
      return { subscription_update_confirm: confirmFrom(work, opening, given.subscription_update_confirm) };
    }
    default:
      throw invalidRequest(`Stripe has flows of type \`${given.type}\`; this sandbox does not serve them.`, {
        param: 'flow_data[type]',
      });
  }
};

const confirmFrom = (
  work: Work,
  opening: Opening,
  given: Given['subscription_update_confirm'],
): NonNullable<PortalFlow['subscription_update_confirm']> => {
  const name = 'subscription_update_confirm';
  const found = subscriptionOf(work, opening, given?.subscription, name);
  const item = requireOneItem(found);
  const [asked, ...others] = given?.items ?? [];
  const param = `flow_data[${name}][items]`;
  if (asked === undefined) throw missing(param);
  if (others.length > 0) throw invalidRequest('Only one item can be updated.', { param });
  if (asked.id !== item.id) {
    throw invalidRequest(`No such subscription item: '${asked.id}'`, {
      code: 'resource_missing',
      param: `${param}[0][id]`,
    });
  }
  const price = asked.price ?? item.price;
  if (!isOffered(opening.configuration, price) && asked.price !== undefined) {
    throw invalidRequest(
      `The item cannot be updated to price \`${price}\` because the configuration \`${opening.configuration.id}\` does not include the price in its \`features[subscription_update][products]\`.`,
      { param: `${param}[0][price]` },
    );
  }
  if (asked.price !== undefined) requireSellable(work, found, price, `${param}[0][price]`);
  const quantity = asked.quantity ?? item.quantity;
  if (quantity !== item.quantity) requireQuantity(opening.configuration, { price, quantity }, `${param}[0][quantity]`);
  return {
    subscription: found.id,
    discounts: discountsFrom(work, opening, given?.discounts),
    items: [{ id: item.id, price, ...(quantity === undefined ? {} : { quantity }) }],
  };
};

/** Whoever confirms it must be able to have it. */
const requireSellable = (work: Work, subscription: SubscriptionObject, id: string, param: string): void => {
  const price = work.require(prices, id, param);
  const isOfCurrency =
    price.currency === subscription.currency || price._currencyOptions[subscription.currency] !== undefined;
  if (price.active && isOfCurrency) return;
  const why = price.active ? `is not in ${subscription.currency}, as the subscription is` : 'is not active';
  throw invalidRequest(`The price ${id} ${why}.`, { param });
};

/** What the customer could not choose in the portal is not to be confirmed there either. */
const requireQuantity = (
  configuration: PortalConfigurationObject,
  { price, quantity = 1 }: { readonly price: string; readonly quantity?: number | undefined },
  param: string,
): void => {
  wholeNumber(quantity, param, 0);
  const bounds = quantityBounds(configuration, price) ?? { min: 0, max: null };
  if (quantity >= bounds.min && quantity <= (bounds.max ?? quantity)) return;
  const most = bounds.max === null ? '' : ` and at most ${bounds.max}`;
  throw invalidRequest(`The quantity must be at least ${bounds.min}${most}.`, { param });
};

type GivenDiscounts = NonNullable<Given['subscription_update_confirm']>['discounts'];
type Discounts = NonNullable<PortalFlow['subscription_update_confirm']>['discounts'];

/** They must be good now; at the confirmation they are looked at again. */
const discountsFrom = (work: Work, { customer }: Opening, given: GivenDiscounts): Discounts =>
  given?.map((one, position) => {
    const param = `flow_data[subscription_update_confirm][discounts][${position}]`;
    const { coupon = null, promotion_code: code = null } = one;
    if ((coupon === null) === (code === null)) {
      throw invalidRequest('Give either a coupon or a promotion code.', { param });
    }
    requireRedeemableDiscount(work, one, { customer, order: null }, param);
    return { coupon, promotion_code: code };
  }) ?? null;

const cannot = (verb: string): string => `This subscription cannot be ${verb}`;

/** The words are seen: several callers' issues about subscription_update. */
const requireFeature = (enabled: boolean, feature: string, what: string): void => {
  if (enabled) return;
  throw invalidRequest(`${what} because the ${feature} feature in the portal configuration is disabled.`, {
    param: 'flow_data[type]',
  });
};

const subscriptionOf = (
  work: Work,
  { customer }: Opening,
  id: string | undefined,
  name: string,
): SubscriptionObject => {
  const param = `flow_data[${name}][subscription]`;
  if (id === undefined) throw missing(param);
  const found = work.require(subscriptions, id, param);
  if (found.customer !== customer) {
    throw invalidRequest(`The subscription ${id} does not belong to the customer ${customer}.`, { param });
  }
  if (isOver(found)) throw invalidRequest(`The subscription ${id} has ended.`, { param });
  return found;
};

/** "subscriptions with multiple items are not updatable": the comments of the SDK's types. */
const requireOneItem = (subscription: SubscriptionObject) => {
  const [item, ...others] = subscription._items;
  if (item !== undefined && others.length === 0) return item;
  throw invalidRequest(`The subscription ${subscription.id} has several items and cannot be updated in the portal.`);
};

const missing = (param: string) =>
  invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
