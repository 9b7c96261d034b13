import type Stripe from 'stripe';
import { resourceMissing } from '../errors.js';
import { operation, type Resource } from '../operation.js';
import { itemsPage } from '../pagination.js';
import type { RequestContext } from '../work.js';
import type { GivenItem } from './item-changes.js';
import { requireNotOver, type SubscriptionObject, subscriptions } from './subscription.js';
import { itemHomes, type SubscriptionItemObject, subscriptionItems } from './subscription-item.js';
import { inItsTime } from './subscription-requests.js';
import { planUpdate } from './update-plan.js';
import { paymentFrom } from './update-request.js';
import { applyUpdate, discardPending } from './update-subscription.js';

interface Found {
  readonly item: SubscriptionItemObject;
  readonly subscription: SubscriptionObject;
}

const inPath = <P>(context: RequestContext<P>): Found => {
  const id = context.path.item ?? '';
  const subscription = context.get(subscriptions, context.get(itemHomes, id)?.subscription ?? '');
  const item = subscription?._items.find((one) => one.id === id);
  if (subscription === undefined || item === undefined) throw resourceMissing(subscriptionItems.label, id);
  return { item, subscription };
};

type ItemParams = Pick<
  Stripe.SubscriptionItemUpdateParams,
  'off_session' | 'payment_behavior' | 'proration_behavior' | 'proration_date'
>;

/** Changes one item of a subscription, as an update of it would. */
const changeItem = <P>(request: RequestContext<P>, given: SubscriptionObject, item: GivenItem): SubscriptionObject => {
  requireNotOver(given);
  const context = inItsTime(request, given);
  const params: ItemParams = context.params as ItemParams;
  const before = discardPending(context, given);
  const plan = planUpdate(context, before, {
    items: [item],
    prorates: params.proration_behavior !== 'none',
    prorationDate: params.proration_date,
    resetsAnchor: false,
    fields: {},
  });
  return applyUpdate(context, before, plan, {
    payment: paymentFrom(params),
    invoicesNow: params.proration_behavior === 'always_invoice',
    prorationDate: params.proration_date,
    trialEnd: null,
    isAnchorAsked: false,
    extras: [],
  });
};

/** What a request says of the item itself. */
const itemIn = (params: object): GivenItem => {
  const {
    off_session: _session,
    payment_behavior: _behavior,
    proration_behavior: _prorates,
    proration_date: _date,
    subscription: _subscription,
    ...item
  } = params as Record<string, unknown>;
  return item as GivenItem;
};

const create = operation<Stripe.SubscriptionItemCreateParams>((context) => {
  const { params } = context;
  const before = context.require(subscriptions, params.subscription, 'subscription');
  const had = new Set(before._items.map(({ id }) => id));
  const after = changeItem(context, before, itemIn(params));
  const pending = after._pending?.changes._items ?? [];
  return [...after._items, ...pending].find(({ id }) => !had.has(id)) ?? after;
});

const retrieve = operation<Stripe.SubscriptionItemRetrieveParams>((context) => inPath(context).item);

const update = operation<Stripe.SubscriptionItemUpdateParams>((context) => {
  const { item, subscription } = inPath(context);
  const after = changeItem(context, subscription, { ...itemIn(context.params), id: item.id });
  return after._items.find(({ id }) => id === item.id) ?? item;
});

const remove = operation<Stripe.SubscriptionItemDeleteParams>((context) => {
  const { item, subscription } = inPath(context);
  const { clear_usage } = context.params;
  changeItem(context, subscription, {
    id: item.id,
    deleted: true,
    ...(clear_usage === undefined ? {} : { clear_usage }),
  });
  return { id: item.id, object: 'subscription_item', deleted: true };
});

const list = operation<Stripe.SubscriptionItemListParams>((context) => {
  const subscription = context.require(subscriptions, context.params.subscription, 'subscription');
  return itemsPage(subscription._items, context.params, { url: context.url, label: subscriptionItems.label });
});

export const subscriptionItemsResource: Resource = {
  collections: [subscriptionItems, itemHomes],
  operations: {
    'POST /v1/subscription_items': create,
    'GET /v1/subscription_items': list,
    'GET /v1/subscription_items/:item': retrieve,
    'POST /v1/subscription_items/:item': update,
    'DELETE /v1/subscription_items/:item': remove,
  },
};
