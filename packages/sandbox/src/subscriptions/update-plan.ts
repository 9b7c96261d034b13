import { invalidRequest } from '../errors.js';
import type { LineDraft } from '../resources/invoice-line.js';
import { wholeNumber } from '../resources/whole-number.js';
import type { Work } from '../work.js';
import { periodEndAfter, periodStartAt } from './billing-period.js';
import { requireTrialEnd } from './first-period.js';
import { type GivenItem, itemsAfter, type PeriodOf } from './item-changes.js';
import { isSameRecurrence } from './item-price.js';
import { fullAmount, periodLine, trialLine } from './period-lines.js';
import { creditsOf, debitsOf, keptDebits, type Proration, usageOfRemoved } from './proration-plan.js';
import { isFlexible, periodEndOf, periodStartOf, type SubscriptionObject } from './subscription.js';
import type { SubscriptionItemObject } from './subscription-item.js';
import { usageLines } from './usage-lines.js';

/** What an update asks of the items and of time. */
export interface AskedUpdate {
  readonly items: readonly GivenItem[];
  readonly prorates: boolean;
  /** Prorations are counted as of this time; left out, of now. */
  readonly prorationDate?: number;
  readonly resetsAnchor: boolean;
  readonly trialEnd?: 'now' | number;
  /** What the request changes besides, a date of cancellation among it. */
  readonly fields: Partial<SubscriptionObject>;
}

/** What an update comes to; nothing of it is kept yet. */
export interface UpdatePlan {
  readonly after: SubscriptionObject;
  readonly prorations: readonly Proration[];
  /** What new periods cost, when they begin with the update. */
  readonly lines: readonly LineDraft[];
  /** New periods are billed at once, whatever is said of prorations. */
  readonly billsNow: boolean;
}

export const planUpdate = (work: Work, before: SubscriptionObject, asked: AskedUpdate): UpdatePlan => {
  const at = requireDate(work, before, asked.prorationDate);
  const given = { ...before, ...asked.fields };
  const items = itemsAfter(work, given, asked.items, periodOfNew(work, given));
  if (before.status === 'paused' && asked.items.length === 0) return unbilled({ ...given, _items: items });
  if (asked.trialEnd !== undefined && asked.trialEnd !== 'now')
    return beginTrial(work, before, given, { items, at, asked });
  const endsTrial = before.status === 'trialing' && asked.trialEnd === 'now';
  if (before.status === 'trialing' && !endsTrial) return unbilled({ ...given, _items: items });
  if (endsTrial || asked.resetsAnchor || changesInterval(before, items) || turnsPaid(work, before, given, items)) {
    return beginPeriods(work, before, given, { items, at, asked });
  }
  return prorate(work, before, given, { items, at, asked });
};

interface Step {
  readonly items: readonly SubscriptionItemObject[];
  readonly at: number;
  readonly asked: AskedUpdate;
}

const unbilled = (after: SubscriptionObject): UpdatePlan => ({ after, prorations: [], lines: [], billsNow: false });

const requireDate = (work: Work, before: SubscriptionObject, given: number | undefined): number => {
  const at = wholeNumber(given, 'proration_date');
  if (at === undefined) return work.now;
  if (at >= periodStartOf(before) && at <= periodEndOf(before)) return at;
  throw invalidRequest('Invalid proration_date: must be within the current period of the subscription.', {
    param: 'proration_date',
  });
};

/** An item that comes shares the others' period, or in a rhythm of its own what is left of one from the anchor. */
const periodOfNew =
  (work: Work, subscription: SubscriptionObject): PeriodOf =>
  (recurrence) => {
    const same = subscription._items.find((item) => isSameRecurrence(item._recurrence, recurrence));
    if (same !== undefined) return { start: same.current_period_start, end: same.current_period_end };
    if (subscription.status === 'trialing') return { start: work.now, end: subscription.trial_end ?? work.now };
    const { billing_cycle_anchor: anchor } = subscription;
    return { start: periodStartAt(anchor, recurrence, work.now), end: periodEndAfter(anchor, recurrence, work.now) };
  };

const find = (items: readonly SubscriptionItemObject[], id: string): SubscriptionItemObject | undefined =>
  items.find((item) => item.id === id);

/** An item in another rhythm begins anew, and in classic mode a subscription whose only items were exchanged too. */
const changesInterval = (before: SubscriptionObject, items: readonly SubscriptionItemObject[]): boolean => {
  const swapped = items.some((item) => {
    const was = find(before._items, item.id);
    return was !== undefined && !isSameRecurrence(was._recurrence, item._recurrence);
  });
  const [one, other] = [before._items[0], items[0]];
  const isExchanged = one !== undefined && other !== undefined && !isSameRecurrence(one._recurrence, other._recurrence);
  return swapped || (isExchanged && !items.some((item) => find(before._items, item.id) !== undefined));
};

/** Classic mode begins a new period when something is to be paid for the first time. */
const turnsPaid = (
  work: Work,
  before: SubscriptionObject,
  given: SubscriptionObject,
  items: readonly SubscriptionItemObject[],
): boolean => {
  if (isFlexible(before)) return false;
  const isFree = before._items.every((item) => !item._isMetered && fullAmount(work, before, item) === 0);
  return isFree && items.some((item) => !item._isMetered && fullAmount(work, given, item) > 0);
};

const beginPeriods = (
  work: Work,
  before: SubscriptionObject,
  given: SubscriptionObject,
  { items, at, asked }: Step,
): UpdatePlan => {
  const wasTrial = before.status === 'trialing';
  const anchored = {
    ...given,
    billing_cycle_anchor: work.now,
    ...(wasTrial ? { status: 'active' as const, trial_end: work.now } : {}),
  };
  const begun = items.map((item) => ({
    ...item,
    current_period_start: work.now,
    current_period_end: periodEndAfter(work.now, item._recurrence, work.now),
    _debited: [],
  }));
  const after = { ...anchored, _items: begun };
  const charged = begun.filter((item) => !item._isMetered).map((item) => periodLine(work, after, item));
  return {
    after,
    prorations: asked.prorates && !wasTrial ? creditsOf(work, before, before._items, at) : [],
    lines: [...charged, ...(wasTrial ? [] : usageLines(work, before, before._items))],
    billsNow: true,
  };
};

/** A trial of what was paid for gives that back; one that is longer or shorter than before costs nothing. */
const beginTrial = (
  work: Work,
  before: SubscriptionObject,
  given: SubscriptionObject,
  { items, at, asked }: Step,
): UpdatePlan => {
  const trialEnd = requireTrialEnd(work, Number(asked.trialEnd));
  const wasTrial = before.status === 'trialing';
  const inTrial = items.map((item) => ({
    ...item,
    current_period_start: wasTrial ? item.current_period_start : work.now,
    current_period_end: trialEnd,
    _debited: [],
  }));
  const after: SubscriptionObject = {
    ...given,
    billing_cycle_anchor: trialEnd,
    status: 'trialing',
    trial_end: trialEnd,
    trial_start: wasTrial ? before.trial_start : work.now,
    _items: inTrial,
  };
  if (wasTrial) return unbilled(after);
  return {
    after,
    prorations: asked.prorates ? creditsOf(work, before, before._items, at) : [],
    lines: inTrial.filter((item) => !item._isMetered).map((item) => trialLine(work, after, item)),
    billsNow: true,
  };
};

const prorate = (
  work: Work,
  before: SubscriptionObject,
  given: SubscriptionObject,
  { items, at, asked }: Step,
): UpdatePlan => {
  const after = { ...given, _items: items };
  const removed = before._items.filter((item) => find(items, item.id) === undefined);
  const usage = usageOfRemoved(work, before, removed);
  if (!asked.prorates) return { ...unbilled(after), prorations: usage };
  const changed = items.filter((item) => isRepriced(find(before._items, item.id), item));
  const replaced = before._items.filter((item) => find(changed, item.id) !== undefined);
  const credits = creditsOf(work, before, [...replaced, ...removed], at);
  const debits = debitsOf(work, after, changed, at);
  const shortened = forCancellation(work, before, after, new Set(changed.map(({ id }) => id)));
  return {
    after: { ...after, _items: shortened.items.map((item) => credited(item, changed, at)) },
    prorations: [...credits, ...debits, ...shortened.prorations, ...usage],
    lines: [],
    billsNow: false,
  };
};

const credited = (
  item: SubscriptionItemObject,
  changed: readonly SubscriptionItemObject[],
  at: number,
): SubscriptionItemObject =>
  find(changed, item.id) === undefined ? item : { ...item, _debited: keptDebits(item, at) };

const isRepriced = (was: SubscriptionItemObject | undefined, item: SubscriptionItemObject): boolean =>
  was === undefined || was.price !== item.price || was.quantity !== item.quantity;

interface Shortened {
  readonly items: readonly SubscriptionItemObject[];
  readonly prorations: readonly Proration[];
}

/**
 * An end within the current period gives back what lies behind it, and taking that end back charges it again:
 * https://docs.stripe.com/api/subscriptions/update (cancel_at)
 */
const forCancellation = (
  work: Work,
  before: SubscriptionObject,
  after: SubscriptionObject,
  changed: ReadonlySet<string>,
): Shortened => {
  const [was, is] = [before.cancel_at, after.cancel_at];
  if (was === is) return { items: after._items, prorations: [] };
  const still = after._items.filter((item) => !changed.has(item.id));
  const again =
    was === null
      ? []
      : debitsOf(
          work,
          before,
          still.filter((item) => was < item.current_period_end),
          was,
        );
  const back =
    is === null
      ? []
      : creditsOf(
          work,
          after,
          still.filter((item) => is < item.current_period_end),
          is,
        );
  const items = is === null ? after._items : after._items.map((item) => ({ ...item, _debited: keptDebits(item, is) }));
  return { items, prorations: [...again, ...back] };
};
