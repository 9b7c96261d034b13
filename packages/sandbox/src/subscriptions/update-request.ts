import type Stripe from 'stripe';
import { invalidRequest } from '../errors.js';
import { metadataMerged } from '../metadata.js';
import { discounts } from '../resources/discounts/discount.js';
import { refuseUnserved } from '../resources/unserved.js';
import { wholeNumber } from '../resources/whole-number.js';
import type { Work } from '../work.js';
import { cancellationFrom } from './cancel-at.js';
import { detailsFrom } from './cancel-subscription.js';
import { putExtras } from './extra-items.js';
import type { PaymentBehavior } from './first-invoice.js';
import type { GivenItem } from './item-changes.js';
import { discountsIn } from './new-subscription.js';
import { changeSubscription, isOver, type SubscriptionObject, subscriptions } from './subscription.js';
import { withoutDiscounts } from './subscription-discounts.js';
import { moves } from './subscription-moves.js';
import { fieldsFrom, requireDueDays } from './subscription-params.js';
import { endTrialUnpaid } from './trial-end.js';
import { planUpdate } from './update-plan.js';
import { applyUpdate, discardPending } from './update-subscription.js';

type UpdateParams = Stripe.SubscriptionUpdateParams;

/** What an update works with: a request, or a page that says the same. */
interface Asking {
  readonly work: Work;
  readonly params: UpdateParams;
}

/** Changes a subscription as these parameters ask, as far as its status allows. */
export const updateByParams = (work: Work, given: SubscriptionObject, params: UpdateParams): SubscriptionObject => {
  refuseUnserved(params, ['trial_from_plan']);
  if (isOver(given)) return updateOver({ work, params }, given);
  if (given.status === 'incomplete') return updateIncomplete({ work, params }, given);
  const isHeld = params.payment_behavior === 'pending_if_incomplete';
  if (isHeld) requireHoldable(params);
  const before = changesBilling(params) ? discardPending(work, given) : given;
  const fields = fieldsIn({ work, params }, before);
  const endsTrial = before.status === 'trialing' && params.trial_end === 'now';
  const over = endsTrial ? endTrialUnpaid(work, before, trialOver({ work, params }, before, fields)) : undefined;
  if (over !== undefined) return tellOfDiscounts(work, before, over);
  const plan = planUpdate(work, before, { ...askedIn(params), fields });
  requireDueDays(plan.after);
  if (params.pause_collection !== undefined) planResumption(work, plan.after);
  const after = applyUpdate(work, before, plan, {
    payment: paymentFrom(params),
    invoicesNow: params.proration_behavior === 'always_invoice',
    prorationDate: params.proration_date,
    trialEnd: typeof params.trial_end === 'number' ? params.trial_end : null,
    isAnchorAsked: params.billing_cycle_anchor !== undefined,
    extras: putExtras(work, before, params.add_invoice_items ?? []),
  });
  return tellOfDiscounts(work, before, after);
};

/** A trial that ends now, before anything is billed. */
const trialOver = (
  { work, params }: Asking,
  before: SubscriptionObject,
  fields: Partial<SubscriptionObject>,
): SubscriptionObject => {
  const { after } = planUpdate(work, before, { ...askedIn({ ...params, trial_end: undefined }), fields });
  const items = after._items.map((item) => ({ ...item, current_period_end: work.now }));
  return { ...after, _items: items, trial_end: work.now };
};

export const paymentFrom = (params: Pick<UpdateParams, 'off_session' | 'payment_behavior'>) => ({
  behavior: (params.payment_behavior ?? 'allow_incomplete') as PaymentBehavior,
  offSession: params.off_session === true,
});

const changesBilling = (params: UpdateParams): boolean =>
  [params.items, params.billing_cycle_anchor, params.trial_end, params.add_invoice_items].some(
    (one) => one !== undefined,
  );

/** What of an update concerns items, periods and prorations; a preview says it in the same words. */
export const askedIn = (
  params: Pick<UpdateParams, 'billing_cycle_anchor' | 'items' | 'proration_behavior' | 'proration_date' | 'trial_end'>,
) => ({
  items: (params.items ?? []) as unknown as readonly GivenItem[],
  prorates: params.proration_behavior !== 'none',
  prorationDate: params.proration_date,
  resetsAnchor: params.billing_cycle_anchor?.type === 'now',
  trialEnd: params.trial_end,
});

const fieldsIn = ({ work, params }: Asking, before: SubscriptionObject): Partial<SubscriptionObject> => {
  const fields = fieldsFrom(work, before, params);
  const isCharged = fields.collection_method === 'charge_automatically';
  const cancellation = cancellationFrom(work, before, params);
  const details = { ...before, ...cancellation };
  return {
    ...fields,
    ...(isCharged && params.days_until_due === undefined ? { days_until_due: null } : {}),
    ...cancellation,
    ...(params.cancellation_details === undefined
      ? {}
      : { cancellation_details: detailsFrom(details, params.cancellation_details) }),
    ...discountsIn(work, before, params.discounts),
    ...(params.pause_collection === undefined ? {} : { pause_collection: pauseFrom(work, params.pause_collection) }),
  };
};

const pauseFrom = (work: Work, given: UpdateParams['pause_collection']): SubscriptionObject['pause_collection'] => {
  if (typeof given !== 'object' || given === null) return null;
  const resumesAt = wholeNumber(given.resumes_at, 'pause_collection[resumes_at]');
  if (resumesAt !== undefined && resumesAt <= work.now) {
    throw invalidRequest('`resumes_at` must be in the future.', { param: 'pause_collection[resumes_at]' });
  }
  return { behavior: given.behavior, resumes_at: resumesAt ?? null };
};

const planResumption = (work: Work, { id, pause_collection: pause }: SubscriptionObject): void => {
  const at = pause?.resumes_at ?? null;
  if (at === null) work.unschedule(moves.collectionResumes, id);
  else work.schedule(moves.collectionResumes, id, at);
};

/** Those that came are told of, and so are those in whose place they stand. */
const tellOfDiscounts = (work: Work, before: SubscriptionObject, after: SubscriptionObject): SubscriptionObject => {
  const [had, has] = [idsOf(before), idsOf(after)];
  for (const id of has) {
    const discount = had.includes(id) ? undefined : work.get(discounts, id);
    if (discount !== undefined) work.emit('customer.discount.created', discount);
  }
  withoutDiscounts(work, before, (id) => had.includes(id) && !has.includes(id));
  return work.put(subscriptions, after);
};

const idsOf = (subscription: SubscriptionObject): string[] => [
  ...subscription.discounts,
  ...subscription._items.flatMap((item) => item.discounts),
];

/** "You can still update its metadata and cancellation_details." */
const updateOver = ({ work, params }: Asking, before: SubscriptionObject): SubscriptionObject => {
  const { cancellation_details: details, metadata } = params;
  requireOnly(
    params,
    ['cancellation_details', 'metadata'],
    'A canceled subscription can only update its cancellation_details and metadata.',
  );
  return changeSubscription(work, before, {
    ...(details === undefined ? {} : { cancellation_details: detailsFrom(before, details) }),
    metadata: metadataMerged(before.metadata, metadata),
  });
};

/** Comment of `status` in the SDK: only metadata and the default source. */
const updateIncomplete = ({ work, params }: Asking, before: SubscriptionObject): SubscriptionObject => {
  requireOnly(params, ['metadata'], 'An incomplete subscription can only update its metadata and default_source.');
  return changeSubscription(work, before, { metadata: metadataMerged(before.metadata, params.metadata) });
};

const requireOnly = (params: UpdateParams, allowed: readonly string[], message: string): void => {
  const other = Object.keys(params).find((name) => !allowed.includes(name));
  if (other !== undefined) throw invalidRequest(message, { param: other });
};

/** https://docs.stripe.com/billing/subscriptions/pending-updates-reference */
const holdable: ReadonlySet<string> = new Set([
  'add_invoice_items',
  'billing_cycle_anchor',
  'items',
  'off_session',
  'payment_behavior',
  'proration_behavior',
  'proration_date',
  'trial_end',
]);

const requireHoldable = (params: UpdateParams): void => {
  const other = Object.keys(params).find((name) => !holdable.has(name));
  if (other === undefined) return;
  throw invalidRequest(`\`${other}\` cannot be updated with \`payment_behavior\` \`pending_if_incomplete\`.`, {
    param: other,
  });
};
