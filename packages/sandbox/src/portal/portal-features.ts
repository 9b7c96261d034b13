import type Stripe from 'stripe';
import { invalidRequest } from '../errors.js';
import { prices } from '../resources/products/price.js';
import { products } from '../resources/products/product.js';
import { wholeNumber } from '../resources/whole-number.js';
import type { Work } from '../work.js';

export type PortalFeatures = Stripe.BillingPortal.Configuration['features'];
type Given =
  | Stripe.BillingPortal.ConfigurationCreateParams.Features
  | Stripe.BillingPortal.ConfigurationUpdateParams.Features;

/** What a portal shows when nothing is said: nothing. The choices inside are Stripe's defaults, in case it is switched on. */
export const noFeatures: PortalFeatures = {
  customer_update: { allowed_updates: [], enabled: false },
  invoice_history: { enabled: false },
  payment_method_update: { enabled: false, payment_method_configuration: null },
  subscription_cancel: {
    cancellation_reason: {
      enabled: false,
      feedback_options: null,
      options: ['too_expensive', 'missing_features', 'switched_service', 'unused', 'other'],
    },
    enabled: false,
    mode: 'at_period_end',
    proration_behavior: 'none',
  },
  subscription_pause: { duration: { interval_options: [], type: 'indefinite' }, enabled: false },
  subscription_update: {
    billing_cycle_anchor: 'unchanged',
    default_allowed_updates: [],
    enabled: false,
    proration_behavior: 'none',
    schedule_at_period_end: { conditions: [] },
    trial_update_behavior: 'end_trial',
  },
};

/** The features with what a request says of them: what it leaves out stays, an empty list empties. */
export const featuresAfter = (before: PortalFeatures, given: Given | undefined): PortalFeatures => {
  if (given === undefined) return before;
  const { customer_update, invoice_history, payment_method_update, subscription_cancel, subscription_pause } = given;
  return {
    customer_update: merged(before.customer_update, customer_update, ['allowed_updates']),
    invoice_history: merged(before.invoice_history, invoice_history),
    payment_method_update: merged(before.payment_method_update, payment_method_update),
    subscription_cancel: cancelAfter(before.subscription_cancel, subscription_cancel),
    subscription_pause: {
      ...merged(before.subscription_pause, subscription_pause),
      duration: durationAfter(before.subscription_pause.duration, subscription_pause?.duration),
    },
    subscription_update: updateAfter(before.subscription_update, given.subscription_update),
  };
};

/** Fields that were given win; `''` empties a list and is null elsewhere. */
const merged = <T extends object>(before: T, given: object | undefined, lists: readonly string[] = []): T => {
  const entries = Object.entries(given ?? {}).map(([name, value]) => [
    name,
    value === '' || value === null ? (lists.includes(name) ? [] : null) : value,
  ]);
  return { ...before, ...(Object.fromEntries(entries) as Partial<T>) };
};

type Cancel = PortalFeatures['subscription_cancel'];

/** "`create_prorations`, which is only compatible with `mode=immediately`. Passing `always_invoice` will result in an error." */
const cancelAfter = (before: Cancel, given: Given['subscription_cancel']): Cancel => {
  const after = {
    ...merged(before, given),
    cancellation_reason: merged(before.cancellation_reason, given?.cancellation_reason, ['options']),
  };
  const { mode, proration_behavior: proration } = after;
  if (proration === 'always_invoice' || (proration !== 'none' && mode !== 'immediately')) {
    throw invalidRequest(`A cancellation with mode \`${mode}\` cannot have proration_behavior \`${proration}\`.`, {
      param: 'features[subscription_cancel][proration_behavior]',
    });
  }
  return after;
};

type Pause = PortalFeatures['subscription_pause']['duration'];
type GivenPause = NonNullable<NonNullable<Given['subscription_pause']>['duration']>;

const pauseYearsMax = 3;
const intervalsInYear: Readonly<Record<string, number>> = { day: 365, week: 52, month: 12, year: 1 };

const durationAfter = (before: Pause, given: GivenPause | undefined): Pause => {
  if (given === undefined) return before;
  const options = given.interval_options === '' ? [] : (given.interval_options ?? before.interval_options);
  return {
    type: given.type,
    interval_options: options.map((option, position) => {
      const count = option.interval_count ?? 1;
      const most = pauseYearsMax * (intervalsInYear[option.interval] ?? 1);
      if (Number.isSafeInteger(count) && count >= 1 && count <= most) {
        return { interval: option.interval, interval_count: count };
      }
      throw invalidRequest(`A pause is for 1 to ${most} of this interval.`, {
        param: `features[subscription_pause][duration][interval_options][${position}][interval_count]`,
      });
    }),
  };
};

type Update = PortalFeatures['subscription_update'];
type GivenUpdate = NonNullable<Given['subscription_update']>;

const updateAfter = (before: Update, given: GivenUpdate | undefined): Update => {
  if (given === undefined) return before;
  const { products: _products, schedule_at_period_end: schedule, ...rest } = given;
  const conditions = schedule?.conditions;
  return {
    ...merged(before, rest, ['default_allowed_updates']),
    ...(conditions === undefined
      ? {}
      : { schedule_at_period_end: { conditions: conditions === '' || conditions === null ? [] : conditions } }),
  };
};

export type PortalProducts = NonNullable<Update['products']>;

/** Kept apart, since they are shown only when they are expanded. */
export const productsAfter = (work: Work, before: PortalProducts, given: Given | undefined): PortalProducts => {
  const listed = given?.subscription_update?.products;
  if (listed === undefined) return before;
  return productsFrom(work, listed === '' || listed === null ? [] : listed);
};

type GivenProduct = Stripe.BillingPortal.ConfigurationCreateParams.Features.SubscriptionUpdate.Product;

/** https://docs.stripe.com/api/customer_portal/configurations/object */
const productsMax = 10;

const productsFrom = (work: Work, listed: readonly GivenProduct[]): PortalProducts => {
  const path = 'features[subscription_update][products]';
  if (listed.length > productsMax) throw invalidRequest(`At most ${productsMax} products.`, { param: path });
  return listed.map(({ adjustable_quantity: quantity, prices: priceIds, product }, position) => {
    const param = `${path}[${position}]`;
    work.require(products, product, `${param}[product]`);
    if (listed.findIndex((one) => one.product === product) < position) {
      throw invalidRequest(`Product ${product} is listed twice.`, { param: `${param}[product]` });
    }
    requireBounds(quantity, `${param}[adjustable_quantity]`);
    for (const [at, id] of priceIds.entries()) requirePriceOf(work, product, id, `${param}[prices][${at}]`);
    return {
      adjustable_quantity: {
        enabled: quantity?.enabled ?? false,
        maximum: quantity?.maximum ?? null,
        minimum: quantity?.minimum ?? 1,
      },
      prices: [...priceIds],
      product,
    };
  });
};

const requireBounds = (quantity: GivenProduct['adjustable_quantity'], param: string): void => {
  const minimum = wholeNumber(quantity?.minimum, `${param}[minimum]`, 0) ?? 1;
  wholeNumber(quantity?.maximum, `${param}[maximum]`, minimum);
};

const requirePriceOf = (work: Work, product: string, id: string, param: string): void => {
  const price = work.require(prices, id, param);
  if (price.product !== product) throw invalidRequest(`Price ${id} does not belong to product ${product}.`, { param });
  if (price.type !== 'recurring') throw invalidRequest(`Price ${id} is not recurring.`, { param });
};
