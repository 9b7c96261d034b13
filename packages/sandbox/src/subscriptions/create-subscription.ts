import type { CustomerObject } from '../resources/customers/customer.js';
import { discounts } from '../resources/discounts/discount.js';
import type { InvoiceItemObject } from '../resources/invoice-items/invoice-item.js';
import { takeCurrency } from '../resources/invoices/new-invoice.js';
import { setupIntents } from '../resources/setup-intents/setup-intent.js';
import { newSetupIntent } from '../resources/setup-intents/setup-intents.js';
import type { Work } from '../work.js';
import { billFirst, firstLines, incompleteSeconds, methodFor, type Payment } from './first-invoice.js';
import { putHomes } from './item-changes.js';
import { type NewSubscriptionParams, newSubscription } from './new-subscription.js';
import { type SubscriptionObject, subscriptions } from './subscription.js';
import { isWithinTrialNotice, moves, planMoves } from './subscription-moves.js';

export interface Creation {
  readonly params: NewSubscriptionParams;
  readonly version: string;
  readonly payment: Payment;
  /** What else is on the first invoice. */
  readonly extras?: (subscription: SubscriptionObject) => InvoiceItemObject[];
  /** Who pays the first invoice leaves the method: none is asked for beside, and until then no trial begins either. */
  readonly leavesMethod?: boolean;
  /** The platform that asked for it, where it is not the one that asks now. */
  readonly application?: string | null;
}

/** Begins a subscription, bills its first period or its trial, and tells of it as it is after the first attempt. */
export const createSubscription = (
  work: Work,
  customer: CustomerObject,
  { params, version, payment, extras, leavesMethod = false, application = work.application }: Creation,
): SubscriptionObject => {
  const fresh = work.put(subscriptions, { ...newSubscription(work, customer, params, version), application });
  const discountsEnd = firstEndOf(work, fresh);
  putHomes(work, fresh, fresh._items);
  takeCurrency(work, customer.id, fresh.currency);
  tellOfDiscounts(work, fresh);
  const billed = billFirst(work, fresh, {
    lines: firstLines(work, fresh, params.proration_behavior === 'none').map((line) =>
      line.period.start < discountsEnd ? line : { ...line, discountable: false },
    ),
    items: extras?.(fresh) ?? [],
    payment,
  });
  const waiting = leavesMethod ? waitingForPayment(work, billed) : setupFor(work, billed);
  const created = work.update(subscriptions, billed, { _isNew: false, ...waiting });
  planMoves(work, created);
  work.emit('customer.subscription.created', created);
  if (isWithinTrialNotice(created, work.now)) work.emit('customer.subscription.trial_will_end', created);
  return created;
};

/** Before the first invoice, which uses up what counts once and tells of that. */
const tellOfDiscounts = (work: Work, { id: subscription, discounts: ids }: SubscriptionObject): void => {
  for (const id of ids) {
    const discount = work.get(discounts, id);
    if (discount?.subscription === subscription) work.emit('customer.discount.created', discount);
  }
};

/**
 * When the first of its discounts is over: of a subscription that is said to have begun earlier, that may lie behind, and
 * the first invoice has lines after it. https://docs.stripe.com/billing/subscriptions/backdating#backdating-and-discounts
 */
const firstEndOf = (work: Work, { discounts: ids }: SubscriptionObject): number =>
  Math.min(...ids.map((id) => work.get(discounts, id)?.end ?? Number.POSITIVE_INFINITY));

const waitingForPayment = (work: Work, { id, status }: SubscriptionObject): Partial<SubscriptionObject> => {
  if (status !== 'trialing') return {};
  work.schedule(moves.incompleteExpires, id, work.now + incompleteSeconds);
  return { status: 'incomplete' };
};

/** Without anything to pay, a method can still be asked for: https://docs.stripe.com/billing/subscriptions/trials */
const setupFor = (work: Work, subscription: SubscriptionObject): Partial<SubscriptionObject> => {
  const { collection_method: method, status } = subscription;
  const isFree = status === 'trialing' || status === 'active';
  if (method !== 'charge_automatically' || !isFree || methodFor(work, subscription) !== undefined) return {};
  const intent = work.put(setupIntents, { ...newSetupIntent(work), customer: subscription.customer });
  work.emit('setup_intent.created', intent);
  return { pending_setup_intent: intent.id };
};
