import { contract, type Schema } from './contract/contract.js';
import { elided } from './contract/string-check.js';
import { invalidRequest, type Refusal } from './errors.js';

/** When each named release came out: https://docs.stripe.com/changelog */
const releaseDates = {
  basil: '2025-03-31',
  clover: '2025-09-30',
  dahlia: '2026-03-25',
  endive: '2026-09-30',
} as const;

export type Release = keyof typeof releaseDates;

export const defaultVersion = '2026-08-26.dahlia';
export const latestVersion = '2026-10-28.endive';

/**
 * Every version that was ever published, in Stripe's own list: what a webhook endpoint may be made with
 * (https://docs.stripe.com/api/webhook_endpoints/create), as the SDK types it. A new SDK brings the new ones along.
 * Previews (`2026-10-28.preview`) are none of them: nothing of theirs is served.
 */
const published: ReadonlySet<unknown> = new Set(
  enumValues(contract.types.WebhookEndpointCreateParams?.f.api_version ?? '*'),
);

function enumValues(schema: Schema): readonly unknown[] {
  return typeof schema === 'object' && 'e' in schema ? schema.e : [];
}

export const isVersion = (text: string): boolean => published.has(text);

/** As Stripe words it: https://github.com/stripe/stripe-node/issues/2387 */
export const invalidVersion = (version: string, param?: string): Refusal =>
  invalidRequest(`Invalid Stripe API version: ${elided(version)}`, param === undefined ? {} : { param });

/** Whether a version ("2026-10-28.endive") is this release or a later one. */
export const versionAtLeast = (version: string, release: Release): boolean =>
  version.slice(0, releaseDates[release].length) >= releaseDates[release];

interface OlderParameter {
  readonly operations: RegExp;
  readonly param: string;
  readonly until: Release;
  /** Later versions refuse it as one that was taken once; left out, they know nothing of it. */
  readonly isRemembered?: true;
}

/**
 * Parameters the SDK's current types no longer name and older versions still take.
 * https://docs.stripe.com/changelog/endive removed `payment_method_types` from these, basil removed a customer's coupon;
 * other values were renamed in dahlia.
 */
const takenUntil: readonly OlderParameter[] = [
  {
    operations: /^POST \/v1\/(payment_intents|setup_intents)(\/\*(\/confirm)?)?$/,
    param: 'payment_method_types',
    until: 'endive',
    isRemembered: true,
  },
  {
    operations: /^POST \/v1\/checkout\/sessions$/,
    param: 'payment_method_types',
    until: 'endive',
    isRemembered: true,
  },
  { operations: /^POST \/v1\/customers(\/\*)?$/, param: 'coupon', until: 'basil' },
  { operations: /^POST \/v1\/customers(\/\*)?$/, param: 'promotion_code', until: 'basil' },
];

/** Whether this version takes a parameter which the contract, made from the latest one, does not know. */
export const takesOlderParameter = (operation: string, param: string, version: string): boolean =>
  takenUntil.some(
    (one) => one.param === param && one.operations.test(operation) && !versionAtLeast(version, one.until),
  );

/** Whether the parameter was taken once and this version is too new for it. */
export const parameterNoLongerTaken = (operation: string, param: string): boolean =>
  takenUntil.some((one) => one.isRemembered === true && one.param === param && one.operations.test(operation));

/** Values of enums that older versions use: https://docs.stripe.com/changelog/dahlia renamed checkout's `ui_mode`. */
export const olderEnumValues: Readonly<Record<string, readonly string[]>> = {
  ui_mode: ['custom', 'embedded', 'hosted'],
};
