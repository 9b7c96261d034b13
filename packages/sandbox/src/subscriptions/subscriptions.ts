import type Stripe from 'stripe';
import { invalidRequest, resourceMissing } from '../errors.js';
import { operation, type Resource } from '../operation.js';
import { inRange } from '../pagination.js';
import { clockOf, customers } from '../resources/customers/customer.js';
import { deletedDiscount, discounts } from '../resources/discounts/discount.js';
import { refuseUnserved } from '../resources/unserved.js';
import type { Work } from '../work.js';
import { cancelNow, expireIncomplete } from './cancel-subscription.js';
import { createSubscription } from './create-subscription.js';
import { putExtras } from './extra-items.js';
import type { PaymentBehavior } from './first-invoice.js';
import type { NewSubscriptionParams } from './new-subscription.js';
import { expireResumption, pauseNow, resumeNow } from './pause-subscription.js';
import {
  changeSubscription,
  isFlexible,
  isOver,
  periodEndOf,
  periodStartOf,
  requireNotOver,
  type SubscriptionObject,
  subscriptions,
} from './subscription.js';
import { moveOn } from './subscription-cycle.js';
import { withoutDiscounts } from './subscription-discounts.js';
import { moves } from './subscription-moves.js';
import { unservedOfSubscriptions } from './subscription-params.js';
import { inItsTime, inPath } from './subscription-requests.js';
import { tellUpcoming } from './upcoming-invoice.js';
import { updateByParams } from './update-request.js';
import { expirePending } from './update-subscription.js';

const create = operation<Stripe.SubscriptionCreateParams>((request) => {
  const { params } = request;
  refuseUnserved(params, unservedOfSubscriptions);
  if (params.customer === undefined) {
    throw invalidRequest('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
  }
  const customer = request.require(customers, params.customer, 'customer');
  const context = request.onClock(clockOf(customer));
  const behavior = (params.payment_behavior ?? 'allow_incomplete') as PaymentBehavior;
  if (behavior === 'pending_if_incomplete') {
    throw invalidRequest('`pending_if_incomplete` is for updates of a subscription.', { param: 'payment_behavior' });
  }
  return createSubscription(context, customer, {
    params: params as NewSubscriptionParams,
    version: request.version,
    payment: { behavior, offSession: params.off_session === true },
    extras: (subscription) => putExtras(context, subscription, params.add_invoice_items ?? []),
  });
});

const retrieve = operation<Stripe.SubscriptionRetrieveParams>((context) => inPath(context));

const update = operation<Stripe.SubscriptionUpdateParams>((request) => {
  const before = inPath(request);
  return updateByParams(inItsTime(request, before), before, request.params);
});

const cancel = operation<Stripe.SubscriptionCancelParams>((request) => {
  const before = inPath(request);
  if (isOver(before)) throw resourceMissing(subscriptions.label, before.id);
  return cancelNow(inItsTime(request, before), before, request.params);
});

const pause = operation<Stripe.SubscriptionPauseParams>((request) => {
  const before = inPath(request);
  return pauseNow(inItsTime(request, before), before, request.params);
});

const resume = operation<Stripe.SubscriptionResumeParams>((request) => {
  const before = inPath(request);
  return resumeNow(inItsTime(request, before), before, request.params);
});

/** One way only, and from then on: https://docs.stripe.com/billing/subscriptions/billing-mode */
const migrate = operation<Stripe.SubscriptionMigrateParams>((request) => {
  const before = inPath(request);
  requireNotOver(before);
  const context = inItsTime(request, before);
  if (isFlexible(before)) return before;
  const { proration_discounts = 'included' } = context.params.billing_mode.flexible ?? {};
  const flexible = { proration_discounts };
  return changeSubscription(context, before, {
    billing_mode: { flexible, type: 'flexible', updated_at: context.now },
  });
});

const deleteDiscount = operation<Stripe.SubscriptionDeleteDiscountParams>((request) => {
  const before = inPath(request);
  const context = inItsTime(request, before);
  const discount = context.get(discounts, before.discounts[0] ?? '');
  if (discount === undefined) throw invalidRequest('This subscription has no discount.', { code: 'resource_missing' });
  const shown = deletedDiscount(context, discount, request.version);
  withoutDiscounts(context, before, (id) => before.discounts.includes(id));
  return shown;
});

const list = operation<Stripe.SubscriptionListParams>((context) => {
  const { params } = context;
  const { collection_method: method, current_period_end: end, current_period_start: start, customer } = params;
  const price = params.price ?? params.plan;
  const isOnClock = customer !== undefined || params.test_clock !== undefined;
  const filter = (one: SubscriptionObject): boolean =>
    matchesStatus(one, params.status) &&
    (isOnClock || one.test_clock === null) &&
    (params.test_clock === undefined || one.test_clock === params.test_clock) &&
    (method === undefined || one.collection_method === method) &&
    (params.automatic_tax === undefined || !params.automatic_tax.enabled) &&
    (price === undefined || one._items.some((item) => item.price === price)) &&
    (end === undefined || inRange(periodEndOf(one), end)) &&
    (start === undefined || inRange(periodStartOf(one), start));
  return context.list(subscriptions, {
    filter,
    ...(customer === undefined ? {} : { where: { field: 'customer', value: customer } }),
  });
});

/** "If no value is supplied, all subscriptions that have not been canceled are returned." */
const matchesStatus = (one: SubscriptionObject, asked: string | undefined): boolean => {
  if (asked === undefined) return one.status !== 'canceled';
  if (asked === 'all') return true;
  return asked === 'ended' ? isOver(one) : one.status === asked;
};

export const subscriptionsResource: Resource = {
  collections: [subscriptions],
  operations: {
    'POST /v1/subscriptions': create,
    'GET /v1/subscriptions': list,
    'GET /v1/subscriptions/:subscription': retrieve,
    'POST /v1/subscriptions/:subscription': update,
    'DELETE /v1/subscriptions/:subscription': cancel,
    'DELETE /v1/subscriptions/:subscription/discount': deleteDiscount,
    'POST /v1/subscriptions/:subscription/migrate': migrate,
    'POST /v1/subscriptions/:subscription/pause': pause,
    'POST /v1/subscriptions/:subscription/resume': resume,
  },
  scheduled: {
    [moves.next]: onSubscription(moveOn),
    [moves.upcoming]: onSubscription(tellUpcoming),
    [moves.trialWillEnd]: onSubscription((work, subscription) => {
      if (subscription.status === 'trialing') work.emit('customer.subscription.trial_will_end', subscription);
    }),
    [moves.incompleteExpires]: onSubscription((work, subscription) => {
      if (subscription.status === 'incomplete') expireIncomplete(work, subscription);
    }),
    [moves.pendingExpires]: onSubscription(expirePending),
    [moves.collectionResumes]: onSubscription((work, subscription) => {
      changeSubscription(work, subscription, { pause_collection: null });
    }),
    [moves.resumptionExpires]: onSubscription(expireResumption),
  },
};

function onSubscription(act: (work: Work, subscription: SubscriptionObject) => void): (work: Work, id: string) => void {
  return (work, id) => {
    const found = work.get(subscriptions, id);
    if (found !== undefined && !isOver(found)) act(work, found);
  };
}
