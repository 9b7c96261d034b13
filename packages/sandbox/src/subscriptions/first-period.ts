import type Stripe from 'stripe';
import { invalidRequest } from '../errors.js';
import { daySeconds } from '../resources/invoices/collection-settings.js';
import { type PriceObject, prices } from '../resources/products/price.js';
import { wholeNumber } from '../resources/whole-number.js';
import type { Work } from '../work.js';
import { anchorFromConfig, periodEndAfter, type Recurrence } from './billing-period.js';
import { type GivenPrice, recurrenceOf, shortestOf } from './item-price.js';

export type BeginParams = Pick<
  Stripe.SubscriptionCreateParams,
  | 'backdate_start_date'
  | 'billing_cycle_anchor'
  | 'billing_cycle_anchor_config'
  | 'trial_end'
  | 'trial_from_plan'
  | 'trial_period_days'
>;

/** When a subscription's first periods begin and end. */
export interface Beginning {
  readonly anchor: number;
  /** Now, or when it was said to have begun. */
  readonly start: number;
  /** Null without a trial. */
  readonly trialEnd: number | null;
}

/** Two years: https://docs.stripe.com/api/subscriptions/create (trial_end) */
const trialDaysMax = 730;

export const beginningFrom = (
  work: Work,
  params: BeginParams,
  items: readonly (GivenPrice & { readonly price_data?: { readonly recurring?: object } })[],
): Beginning => {
  const trialEnd = trialEndFrom(work, params, items);
  const recurrence = shortestOf(items.map((item) => recurrenceGiven(work, item)));
  const anchor = anchorFrom(work, params, recurrence);
  if (anchor !== undefined && trialEnd !== null && anchor < trialEnd) {
    throw invalidRequest('`billing_cycle_anchor` must not be before the end of the trial.', {
      param: 'billing_cycle_anchor',
    });
  }
  return { anchor: anchor ?? trialEnd ?? work.now, start: startFrom(work, params, trialEnd), trialEnd };
};

/** Two years back: this is our own bound. */
const backdateSecondsMax = 2 * 366 * daySeconds;

/** https://docs.stripe.com/billing/subscriptions/backdating */
const startFrom = (work: Work, params: BeginParams, trialEnd: number | null): number => {
  const start = wholeNumber(params.backdate_start_date, 'backdate_start_date');
  if (start === undefined) return work.now;
  if (trialEnd !== null) {
    throw invalidRequest('Stripe can backdate a subscription that begins with a trial; this sandbox does not.', {
      param: 'backdate_start_date',
    });
  }
  if (start <= work.now && start >= work.now - backdateSecondsMax) return start;
  throw invalidRequest('`backdate_start_date` must be in the past two years.', { param: 'backdate_start_date' });
};

const trialEndFrom = (work: Work, params: BeginParams, items: readonly GivenPrice[]): number | null => {
  const { trial_end: end, trial_period_days: days, trial_from_plan: fromPlan } = params;
  if (end !== undefined && days !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: trial_end, trial_period_days.', {
      param: 'trial_end',
    });
  }
  if (end !== undefined && fromPlan === true) {
    throw invalidRequest('You may only specify one of these parameters: trial_end, trial_from_plan.', {
      param: 'trial_end',
    });
  }
  if (end === 'now') return null;
  if (end !== undefined) return requireTrialEnd(work, end);
  const ofPlan = fromPlan === true ? Math.max(0, ...items.map((item) => trialDaysOf(work, item))) : 0;
  const length = wholeNumber(days, 'trial_period_days', 0) ?? ofPlan;
  if (length > trialDaysMax) {
    throw invalidRequest(`\`trial_period_days\` must be at most ${trialDaysMax}.`, { param: 'trial_period_days' });
  }
  return length === 0 ? null : work.now + length * daySeconds;
};

export const requireTrialEnd = (work: Work, end: number): number => {
  if (wholeNumber(end, 'trial_end') <= work.now) {
    throw invalidRequest('Invalid timestamp: must be an integer Unix timestamp in the future.', { param: 'trial_end' });
  }
  if (end - work.now <= trialDaysMax * daySeconds) return end;
  throw invalidRequest('Invalid timestamp: can be no more than two years in the future.', { param: 'trial_end' });
};

const priceOf = (work: Work, { price, plan }: GivenPrice): PriceObject | undefined =>
  work.get(prices, price ?? plan ?? '');

const trialDaysOf = (work: Work, item: GivenPrice): number => priceOf(work, item)?.recurring?.trial_period_days ?? 0;

/** Before the items are made; a price that is not there is refused when they are. */
const recurrenceGiven = (
  work: Work,
  item: GivenPrice & { readonly price_data?: { readonly recurring?: object } },
): Recurrence => {
  const price = priceOf(work, item);
  if (price !== undefined) return recurrenceOf(price);
  const { interval = 'month', interval_count = 1 } = (item.price_data?.recurring ?? {}) as Partial<Recurrence>;
  return { interval, interval_count };
};

const anchorFrom = (work: Work, params: BeginParams, recurrence: Recurrence): number | undefined => {
  const { billing_cycle_anchor: anchor, billing_cycle_anchor_config: config } = params;
  if (anchor !== undefined && config !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: billing_cycle_anchor, billing_cycle_anchor_config.',
      { param: 'billing_cycle_anchor' },
    );
  }
  if (config !== undefined) return anchorFromConfig(requireConfig(config, recurrence), recurrence, work.now);
  if (anchor === undefined) return undefined;
  if (wholeNumber(anchor, 'billing_cycle_anchor') < work.now) {
    throw invalidRequest('`billing_cycle_anchor` must be in the future.', { param: 'billing_cycle_anchor' });
  }
  const latest = periodEndAfter(work.now, recurrence, work.now);
  if (anchor <= latest || params.trial_end !== undefined || params.trial_period_days !== undefined) return anchor;
  throw invalidRequest(
    `\`billing_cycle_anchor\` cannot be later than next natural billing date (${latest}) for plan.`,
    { param: 'billing_cycle_anchor' },
  );
};

type Config = NonNullable<BeginParams['billing_cycle_anchor_config']>;

const bounds = {
  day_of_month: [1, 31],
  month: [1, 12],
  hour: [0, 23],
  minute: [0, 59],
  second: [0, 59],
} as const;

const requireConfig = (config: Config, recurrence: Recurrence): Config => {
  if (recurrence.interval !== 'month' && recurrence.interval !== 'year') {
    throw invalidRequest('`billing_cycle_anchor_config` is for monthly and yearly prices.', {
      param: 'billing_cycle_anchor_config',
    });
  }
  for (const [name, [least, most]] of Object.entries(bounds)) {
    const value = config[name as keyof typeof bounds];
    if (value === undefined || (value >= least && value <= most)) continue;
    throw invalidRequest(`This value must be from ${least} to ${most}.`, {
      code: 'parameter_invalid_integer',
      param: `billing_cycle_anchor_config[${name}]`,
    });
  }
  return config;
};
