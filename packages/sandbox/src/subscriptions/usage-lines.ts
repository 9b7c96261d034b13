import type { LineDraft, Period } from '../resources/invoice-line.js';
import type { Work } from '../work.js';
import { usageLine } from './period-lines.js';
import type { SubscriptionObject } from './subscription.js';
import type { SubscriptionItemObject } from './subscription-item.js';

/** What a metered item was used for in this time is not billed yet: since its period began, or since it was billed last. */
export const unbilledPeriod = (item: SubscriptionItemObject, end: number): Period => ({
  start: Math.min(end, Math.max(item.current_period_start, item._usageFrom ?? 0)),
  end,
});

/** What these items, as far as they are metered, were used for and is not billed yet. */
export const usageLines = (
  work: Work,
  subscription: SubscriptionObject,
  items: readonly SubscriptionItemObject[],
): LineDraft[] =>
  items.flatMap((item) => {
    const period = unbilledPeriod(item, work.now);
    return item._isMetered && period.start < work.now ? [usageLine(work, subscription, item, period)] : [];
  });
