import type { LineDraft } from '../resources/invoice-line.js';
import type { Work } from '../work.js';
import { usageLine } from './period-lines.js';
import type { SubscriptionObject } from './subscription.js';
import type { SubscriptionItemObject } from './subscription-item.js';

/** What these items, as far as they are metered, were used for since their periods began. */
export const usageLines = (
  work: Work,
  subscription: SubscriptionObject,
  items: readonly SubscriptionItemObject[],
): LineDraft[] =>
  items
    .filter((item) => item._isMetered && item.current_period_start < work.now)
    .map((item) => usageLine(work, subscription, item, { start: item.current_period_start, end: work.now }));
