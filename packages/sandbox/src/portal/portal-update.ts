import type Stripe from 'stripe';
import { invalidRequest } from '../errors.js';
import { escapeHtml } from '../pages/layout.js';
import { textField } from '../pages/text-field.js';
import { type PriceObject, prices } from '../resources/products/price.js';
import type { SubscriptionObject } from '../subscriptions/subscription.js';
import type { SubscriptionItemObject } from '../subscriptions/subscription-item.js';
import { updateByParams } from '../subscriptions/update-request.js';
import type { Work } from '../work.js';
import { chosenSubscription } from './portal-cancel.js';
import { codeDiscounts, codeField } from './portal-code.js';
import { isOffered, quantityBounds } from './portal-offer.js';
import { openFlow } from './portal-session.js';
import { asked, type PortalForm, type Visit } from './portal-visit.js';
import { priceWords } from './portal-words.js';

const isOpen = ({ configuration }: Visit): boolean => configuration.features.subscription_update.enabled;

/** Subscriptions of several items are not changed in the portal. */
const itemOf = (subscription: SubscriptionObject): SubscriptionItemObject => {
  const [item, ...others] = subscription._items;
  if (item !== undefined && others.length === 0) return item;
  throw invalidRequest('A subscription of several items cannot be changed here.');
};

const allows = ({ configuration }: Visit, what: 'price' | 'quantity'): boolean =>
  configuration.features.subscription_update.default_allowed_updates.includes(what);

/** Prices of the configuration that this subscription could have: of its currency, and still sold. */
const offered = (visit: Visit, current: string): readonly PriceObject[] => {
  const ids = allows(visit, 'price') ? visit.configuration._products.flatMap((product) => product.prices) : [];
  const currency = visit.work.get(prices, current)?.currency;
  return [...new Set([current, ...ids])]
    .map((id) => visit.work.get(prices, id))
    .filter((price) => price !== undefined)
    .filter((price) => price.id === current || (price.active && price.currency === currency));
};

/** Another price, or another number of them. */
export const updateForm: PortalForm = {
  title: 'Change a subscription',
  isOpen,
  show: (visit, retry) => {
    const { error, typed } = retry;
    const subscription = chosenSubscription(visit);
    const item = itemOf(subscription);
    const chosen = typed.get('price') ?? item.price;
    const choices = offered(visit, item.price).map((price) => {
      const isChosen = price.id === chosen ? ' checked' : '';
      return `<label><input type="radio" name="price" value="${price.id}"${isChosen}> ${priceWords(visit.work, price)}</label>`;
    });
    const quantity = isQuantityShown(visit, item)
      ? textField(
          { name: 'quantity', label: 'Quantity', attributes: 'inputmode="numeric" autocomplete="off"' },
          typed.get('quantity') ?? String(item.quantity ?? 1),
          error,
        )
      : '';
    return `<form method="post">
<input type="hidden" name="subscription" value="${escapeHtml(subscription.id)}">
<fieldset><legend>Price</legend>${choices.join('')}</fieldset>
${quantity}${codeField(visit, retry)}<p class="actions"><button type="submit">Change the subscription</button></p>
</form>`;
  },
  submit: (visit) => {
    const subscription = chosenSubscription(visit);
    const item = itemOf(subscription);
    const price = asked(visit, 'price') || item.price;
    if (!offered(visit, item.price).some(({ id }) => id === price)) {
      throw invalidRequest('Choose one of the prices.', { param: 'price' });
    }
    const changed = { id: item.id, price, ...quantityFrom(visit, item, price) };
    change(visit, subscription, changed, codeDiscounts(visit));
    return undefined;
  },
};

const isQuantityShown = (visit: Visit, item: SubscriptionItemObject): boolean =>
  offered(visit, item.price).some(({ id }) => quantityBounds(visit.configuration, id) !== null);

/** A number within the bounds of the product; one that is not the customer's to change stays as it is. */
const quantityFrom = (visit: Visit, item: SubscriptionItemObject, price: string): { quantity?: number } => {
  const text = asked(visit, 'quantity');
  const bounds = quantityBounds(visit.configuration, price);
  const kept = item.quantity === undefined ? {} : { quantity: item.quantity };
  if (text === '' || text === String(item.quantity)) return kept;
  if (bounds === null) throw invalidRequest('The quantity cannot be changed here.', { param: 'quantity' });
  const quantity = Number(text);
  if (Number.isSafeInteger(quantity) && quantity >= bounds.min && quantity <= (bounds.max ?? quantity)) {
    return { quantity };
  }
  const most = bounds.max === null ? '' : ` and at most ${bounds.max}`;
  throw invalidRequest(`The quantity must be at least ${bounds.min}${most}.`, { param: 'quantity' });
};

type Item = Stripe.SubscriptionUpdateParams.Item;

/** As configured: what is prorated, when the period begins, and whether a trial ends by it. */
const change = (
  { configuration, work }: Visit,
  before: SubscriptionObject,
  item: Item,
  discounts: Discounts = {},
): void => {
  const rules = configuration.features.subscription_update;
  const isTrial = before.status === 'trialing' && before.trial_end !== null;
  const keepsTrial = rules.trial_update_behavior === 'continue_trial';
  refuseScheduled(work, { configuration, before, item });
  updateByParams(work, before, {
    items: [item],
    proration_behavior: rules.proration_behavior,
    ...(isTrial && !keepsTrial ? { trial_end: 'now' as const } : {}),
    ...(rules.billing_cycle_anchor === 'now' && !isTrial ? { billing_cycle_anchor: { type: 'now' } } : {}),
    ...discounts,
  });
};

type Discounts = Pick<Stripe.SubscriptionUpdateParams, 'discounts'>;

/** What waits for the end of the period waits in a subscription schedule, which the sandbox has not. */
const refuseScheduled = (
  work: Work,
  { configuration, before, item }: { configuration: Visit['configuration']; before: SubscriptionObject; item: Item },
): void => {
  const conditions = configuration.features.subscription_update.schedule_at_period_end.conditions;
  const current = work.require(prices, before._items[0]?.price ?? '');
  const next = work.require(prices, item.price ?? '');
  const waits = conditions.some(({ type }) =>
    type === 'decreasing_item_amount' ? costOf(next) < costOf(current) : lengthOf(next) < lengthOf(current),
  );
  if (!waits) return;
  throw invalidRequest('Stripe would make this change at the end of the period; this sandbox does not serve that.');
};

const costOf = (price: PriceObject): number => price.unit_amount ?? 0;

const daysOfInterval = { day: 1, week: 7, month: 30, year: 365 };
const lengthOf = ({ recurring }: PriceObject): number =>
  recurring === null ? 0 : daysOfInterval[recurring.interval as keyof typeof daysOfInterval] * recurring.interval_count;

/** The one change that a flow names. */
export const confirmForm: PortalForm = {
  title: 'Confirm the change',
  isOpen,
  show: (visit) => {
    const step = openFlow(visit.session)?.subscription_update_confirm;
    const [item] = step?.items ?? [];
    const price = visit.work.require(prices, item?.price ?? '');
    const many = item?.quantity === undefined ? '' : `${item.quantity} × `;
    return `<p>Your subscription becomes: ${many}${priceWords(visit.work, price)}.</p>
<form method="post"><p class="actions"><button type="submit">Confirm</button></p></form>`;
  },
  submit: (visit) => {
    const step = openFlow(visit.session)?.subscription_update_confirm;
    const [item] = step?.items ?? [];
    if (item === undefined || item.id === null || item.price === null) {
      throw invalidRequest('There is nothing to confirm here.');
    }
    if (!isOffered(visit.configuration, item.price) && item.price !== itemOf(chosenSubscription(visit)).price) {
      throw invalidRequest('This price is not offered any more.');
    }
    const discounts = (step?.discounts ?? []).map(({ coupon, promotion_code }) =>
      coupon === null ? { promotion_code: promotion_code ?? '' } : { coupon },
    );
    const given = {
      id: item.id,
      price: item.price,
      ...(item.quantity === undefined ? {} : { quantity: item.quantity }),
    };
    change(visit, chosenSubscription(visit), given, discounts.length === 0 ? {} : { discounts });
    return undefined;
  },
};
