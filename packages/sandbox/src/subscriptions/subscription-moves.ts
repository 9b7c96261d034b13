import { collectionOf, daySeconds } from '../resources/invoices/collection-settings.js';
import type { Work } from '../work.js';
import { isOver, periodEndOf, type SubscriptionObject } from './subscription.js';

/** What waits for a subscription; forgotten when it ends. */
export const moves = {
  /** A period, a trial or the subscription ends, whichever comes first. */
  next: 'subscription.moves',
  upcoming: 'subscription.upcoming',
  trialWillEnd: 'subscription.trial_will_end',
  incompleteExpires: 'subscription.incomplete_expires',
  pendingExpires: 'subscription.pending_update_expires',
  collectionResumes: 'subscription.collection_resumes',
  resumptionExpires: 'subscription.resumption_expires',
} as const;

/** "Sent 3 days before the trial ends": https://docs.stripe.com/billing/subscriptions/webhooks */
const trialNoticeSeconds = 3 * daySeconds;

/** Plans what time does next, from how the subscription is now. */
export const planMoves = (work: Work, subscription: SubscriptionObject): void => {
  const { id, status, trial_end: trialEnd, cancel_at: cancelsAt } = subscription;
  if (isOver(subscription)) {
    forgetMoves(work, id);
    return;
  }
  const periodEnd = periodEndOf(subscription);
  const isStill = status === 'paused';
  const next = Math.min(isStill ? Number.POSITIVE_INFINITY : periodEnd, cancelsAt ?? Number.POSITIVE_INFINITY);
  if (next === Number.POSITIVE_INFINITY) work.unschedule(moves.next, id);
  else work.schedule(moves.next, id, next);
  planUpcoming(work, subscription, periodEnd);
  if (status === 'trialing' && trialEnd !== null && trialEnd - trialNoticeSeconds > work.now) {
    work.schedule(moves.trialWillEnd, id, trialEnd - trialNoticeSeconds);
  } else work.unschedule(moves.trialWillEnd, id);
};

/** So many days before it renews; of shorter periods nothing is said. */
const planUpcoming = (work: Work, subscription: SubscriptionObject, periodEnd: number): void => {
  const { upcomingDays } = collectionOf(work);
  const { id, status, cancel_at: cancelsAt } = subscription;
  const at = periodEnd - (upcomingDays ?? 0) * daySeconds;
  const renews = (status === 'active' || status === 'trialing') && (cancelsAt === null || cancelsAt > periodEnd);
  if (upcomingDays !== null && renews && at > work.now) work.schedule(moves.upcoming, id, at);
  else work.unschedule(moves.upcoming, id);
};

const forgetMoves = (work: Work, id: string): void => {
  for (const kind of Object.values(moves)) work.unschedule(kind, id);
};

/** A trial that is shorter than its notice is told of when it begins. */
export const isWithinTrialNotice = (subscription: SubscriptionObject, now: number): boolean =>
  subscription.status === 'trialing' &&
  subscription.trial_end !== null &&
  subscription.trial_end - now <= trialNoticeSeconds;
