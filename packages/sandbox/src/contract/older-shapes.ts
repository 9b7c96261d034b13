import { type Release, versionAtLeast } from '../versions.js';
import { contract, type ObjectSchema, type Schema } from './contract.js';

/** What an object had until a release: fields that came since are null here. */
interface OlderShape {
  readonly until: Release;
  readonly type: string;
  readonly fields: Readonly<Record<string, Schema | null>>;
}

/**
 * Everything in which an answer of the sandbox to an older version differs from one to the newest, with its source. The rest
 * has the newest shape whatever the version, so that nothing of an answer goes unchecked. Stripe's own answers to older
 * versions differ in more (https://docs.stripe.com/changelog); that is not served, and no type of it is at hand.
 */
const olderShapes: readonly OlderShape[] = [
  // https://docs.stripe.com/changelog/clover/2025-09-30/polymorphic-coupon
  { until: 'clover', type: 'Discount', fields: { source: null, coupon: '@Coupon' } },
  { until: 'clover', type: 'DeletedDiscount', fields: { source: null, coupon: '@Coupon' } },
  { until: 'clover', type: 'PromotionCode', fields: { promotion: null, coupon: '@Coupon' } },
  // https://docs.stripe.com/changelog/dahlia
  { until: 'dahlia', type: 'Checkout.Session', fields: { ui_mode: { e: ['custom', 'embedded', 'hosted'] } } },
  // https://docs.stripe.com/changelog/endive took it away.
  ...['AccountOnboarding', 'AccountUpdate'].map((useCase) => ({
    until: 'endive' as const,
    type: `V2.Core.AccountLink.UseCase.${useCase}`,
    fields: { configurations: { a: { e: ['customer', 'merchant', 'recipient'] } } },
  })),
  // https://docs.stripe.com/changelog/basil/2025-03-31/deprecate-subscription-current-period-start-and-end
  { until: 'basil', type: 'Subscription', fields: { current_period_start: 'n', current_period_end: 'n' } },
  { until: 'basil', type: 'SubscriptionItem', fields: { current_period_start: null, current_period_end: null } },
];

/** A type of the contract as that version shows it; undefined when the contract has none of that name. */
export const typeAt = (version: string, name: string): ObjectSchema | undefined => {
  const newest = contract.types[name];
  if (newest === undefined || version === contract.version) return newest;
  const older = olderShapes.filter((shape) => shape.type === name && !versionAtLeast(version, shape.until));
  return older.reduce(withOlderFields, newest);
};

const withOlderFields = (type: ObjectSchema, { fields }: OlderShape): ObjectSchema => {
  const there = Object.entries({ ...type.f, ...fields }).filter(
    (entry): entry is [string, Schema] => entry[1] !== null,
  );
  const required = [...new Set([...type.r, ...Object.keys(fields)])];
  return { f: Object.fromEntries(there), r: required.filter((name) => fields[name] !== null) };
};
