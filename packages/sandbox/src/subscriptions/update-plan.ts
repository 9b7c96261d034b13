import { invalidRequest } from '../errors.js';
import type { LineDraft } from '../resources/invoices/invoice-line.js';
import { wholeNumber } from '../resources/whole-number.js';
import type { Work } from '../work.js';
import { periodStartAt } from './billing-period.js';
import { requireTrialEnd } from './first-period.js';
import { type GivenItem, itemsAfter, type PeriodOf } from './item-changes.js';
import { isSameRecurrence } from './item-price.js';
import { fullAmount, periodLine, trialLine } from './period-lines.js';
import { periodFrom } from './periods.js';
import { creditsOf, debitsOf, keptDebits, type Proration, usageOfOutgoing } from './proration-plan.js';
import { isFlexible, periodEndOf, periodStartOf, type SubscriptionObject } from './subscription.js';
import type { SubscriptionItemObject } from './subscription-item.js';
import { countedFrom, countingAnew, outgoing, usageLines } from './usage-lines.js';

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
  const named = itemsAfter(work, given, asked.items, periodOfNew(work, given));
  const items = countingAnew(before._items, named, work.now);
  if (before.status === 'paused') return withinPause(work, before, given, { items, at, asked });
  if (asked.trialEnd !== undefined && asked.trialEnd !== 'now')
    return beginTrial(work, before, given, { items, at, asked });
  const endsTrial = before.status === 'trialing' && asked.trialEnd === 'now';
  if (before.status === 'trialing' && !endsTrial) return withinTrial(work, before, given, items);
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
    const start = periodStartAt(anchor, recurrence, work.now);
    return { start, end: periodFrom(subscription, recurrence, work.now).end };
  };

/** Nothing costs anything yet; flexible mode can say so of what came. Classic mode ends the trial with the subscription. */
const withinTrial = (
  work: Work,
  before: SubscriptionObject,
  given: SubscriptionObject,
  items: readonly SubscriptionItemObject[],
): UpdatePlan => {
  const { cancel_at: cancelsAt, trial_end: trialEnd } = given;
  const isCut = !isFlexible(before) && cancelsAt !== null && trialEnd !== null && cancelsAt < trialEnd;
  const after = { ...given, ...(isCut ? { trial_end: cancelsAt } : {}), _items: items };
  const came = items.filter((item) => find(before._items, item.id) === undefined && !item._isMetered);
  const lines = isFlexible(before) ? came.map((item) => trialLine(work, after, item)) : [];
  return { ...unbilled(after), lines };
};

const removedBy = (
  before: SubscriptionObject,
  items: readonly SubscriptionItemObject[],
): readonly SubscriptionItemObject[] => before._items.filter((item) => find(items, item.id) === undefined);

const find = (items: readonly SubscriptionItemObject[], id: string): SubscriptionItemObject | undefined =>
  items.find((item) => item.id === id);

/**
 * Nothing runs that could be charged: what is there when it is resumed is paid for from then on. What goes gives back
 * what the pause left charged, and is billed for what it left outstanding. A return that waits to be paid charges for
 * what there was when it was asked for: the difference follows.
 */
const withinPause = (
  work: Work,
  before: SubscriptionObject,
  given: SubscriptionObject,
  { items, at, asked }: Step,
): UpdatePlan => {
  const after = { ...given, _items: items };
  if (!asked.prorates) return unbilled(after);
  const changed = items.filter((item) => isRepriced(find(before._items, item.id), item));
  const replaced = before._items.filter((item) => find(changed, item.id) !== undefined);
  const credits = creditsOf(work, before, [...replaced, ...removedBy(before, items)], at);
  const debits = before._resumption === null ? [] : debitsOf(work, after, changed, at);
  return {
    ...unbilled({ ...after, _items: items.map((item) => shortened(before, item, changed, at)) }),
    prorations: [...credits, ...debits, ...usageOfOutgoing(work, before, outgoing(before._items, items))],
  };
};

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
    ...countedFrom(item, work.now),
    current_period_start: work.now,
    current_period_end: periodFrom(anchored, item._recurrence, work.now).end,
    _debited: [],
  }));
  const after = { ...anchored, _items: begun };
  const charged = begun.filter((item) => !item._isMetered).map((item) => periodLine(work, after, item));
  return {
    after,
    prorations: asked.prorates && !wasTrial ? creditsOf(work, before, before._items, at) : [],
    lines: [...charged, ...usageSoFar(work, before, items, asked)],
    billsNow: true,
  };
};

/** A trial of what was paid for gives that back and bills what was used until then; one that is longer or shorter than before costs nothing. */
const beginTrial = (
  work: Work,
  before: SubscriptionObject,
  given: SubscriptionObject,
  { items, at, asked }: Step,
): UpdatePlan => {
  const trialEnd = requireTrialEnd(work, Number(asked.trialEnd));
  const wasTrial = before.status === 'trialing';
  const inTrial = items.map((item) => ({
    ...countedFrom(item, work.now),
    current_period_start: wasTrial ? item.current_period_start : work.now,
    current_period_end: trialEnd,
    _debited: [],
  }));
  const after: SubscriptionObject = {
    ...given,
    billing_cycle_anchor: trialEnd,
    status: 'trialing',
    trial_end: trialEnd,
    // Classic mode keeps the start of the first: https://docs.stripe.com/billing/subscriptions/billing-mode/compare
    trial_start: wasTrial || !isFlexible(before) ? (before.trial_start ?? work.now) : work.now,
    _items: inTrial,
  };
  if (wasTrial) return unbilled(after);
  const free = inTrial.filter((item) => !item._isMetered).map((item) => trialLine(work, after, item));
  return {
    after,
    prorations: asked.prorates ? creditsOf(work, before, before._items, at) : [],
    lines: [...free, ...usageSoFar(work, before, items, asked)],
    billsNow: true,
  };
};

const prorate = (
  work: Work,
  before: SubscriptionObject,
  given: SubscriptionObject,
  { items, at, asked }: Step,
): UpdatePlan => {
  const removed = removedBy(before, items);
  const ending = items.map((item) => ({ ...item, current_period_end: endOf(given, item) }));
  const after = { ...given, _items: ending };
  if (!asked.prorates) return unbilled(after);
  const usage = usageOfOutgoing(work, before, outgoing(before._items, items));
  const changed = ending.filter((item) => isRepriced(find(before._items, item.id), item));
  const replaced = before._items.filter((item) => find(changed, item.id) !== undefined);
  // Classic mode counts both sides with the discounts there are now, flexible mode gives back what was paid.
  const counted = { ...before, discounts: given.discounts, _applied: given._applied };
  const credits = creditsOf(work, counted, [...replaced, ...removed], at);
  const debits = debitsOf(work, after, changed, at);
  const moved = ending.filter((item) => find(changed, item.id) === undefined);
  return {
    after: { ...after, _items: ending.map((item) => shortened(before, item, changed, at)) },
    prorations: [...credits, ...debits, ...ofMovedEnds(work, before, after, moved), ...usage],
    lines: [],
    billsNow: false,
  };
};

/** What is billed of usage where periods end: that of what goes only as far as its mode and the request let it. */
const usageSoFar = (
  work: Work,
  before: SubscriptionObject,
  items: readonly SubscriptionItemObject[],
  { prorates }: AskedUpdate,
): LineDraft[] => {
  const goes = prorates && isFlexible(before) ? [] : outgoing(before._items, items);
  return usageLines(
    work,
    before,
    before._items.filter((item) => !goes.includes(item)),
  );
};

/** Where the item's current period ends, a date of cancellation minded. */
const endOf = (subscription: SubscriptionObject, item: SubscriptionItemObject): number =>
  periodFrom(subscription, item._recurrence, Math.max(item.current_period_start, item.current_period_end - 1)).end;

const shortened = (
  before: SubscriptionObject,
  item: SubscriptionItemObject,
  changed: readonly SubscriptionItemObject[],
  at: number,
): SubscriptionItemObject => {
  if (find(changed, item.id) !== undefined) return { ...item, _debited: keptDebits(item, at) };
  const was = find(before._items, item.id)?.current_period_end ?? item.current_period_end;
  return was > item.current_period_end ? { ...item, _debited: keptDebits(item, item.current_period_end) } : item;
};

/**
 * An end that comes sooner gives back what lies behind it, and one that comes later costs what is between:
 * https://docs.stripe.com/billing/subscriptions/cancel#set-a-custom-cancel-date
 */
const ofMovedEnds = (
  work: Work,
  before: SubscriptionObject,
  after: SubscriptionObject,
  items: readonly SubscriptionItemObject[],
): Proration[] =>
  items.flatMap((item) => {
    const was = find(before._items, item.id);
    if (was === undefined || was.current_period_end === item.current_period_end) return [];
    return was.current_period_end > item.current_period_end
      ? creditsOf(work, before, [was], item.current_period_end)
      : debitsOf(work, after, [item], was.current_period_end);
  });

const isRepriced = (was: SubscriptionItemObject | undefined, item: SubscriptionItemObject): boolean =>
  was === undefined || was.price !== item.price || was.quantity !== item.quantity;
