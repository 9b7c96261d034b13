import { invalidRequest } from '../errors.js';
import { isRecord, type Raw, type RawRecord } from '../form.js';
import { type Release, versionAtLeast } from '../versions.js';

/** What the latest version has elsewhere or in another shape, from which release on, and how it is moved there. */
interface Moved {
  readonly operations: RegExp;
  readonly since: Release;
  move(raw: RawRecord): void;
}

const moved: readonly Moved[] = [
  {
    // https://docs.stripe.com/changelog/clover/2025-09-30/polymorphic-coupon
    operations: /^POST \/v1\/promotion_codes$/,
    since: 'clover',
    move: (raw) => {
      if (raw.promotion !== undefined) throw unknownParameter('promotion');
      if (raw.coupon === undefined) throw missingParameter('coupon');
      raw.promotion = { type: 'coupon', coupon: raw.coupon };
      delete raw.coupon;
    },
  },
  {
    // https://docs.stripe.com/changelog/endive/2026-09-30/polymorphic-billing-cycle-anchor
    operations: /^POST \/v1\/subscriptions\/\*(\/resume)?$/,
    since: 'endive',
    move: (raw) => moveAnchor(raw, 'billing_cycle_anchor', false),
  },
  {
    operations: /^POST \/v1\/invoices\/create_preview$/,
    since: 'endive',
    move: ({ subscription_details: details }) => {
      if (isRecord(details)) moveAnchor(details, 'subscription_details[billing_cycle_anchor]', true);
    },
  },
  {
    // https://docs.stripe.com/changelog/endive took `configurations` away, which asked for what the sandbox asks anyway.
    operations: /^POST \/v2\/core\/account_links$/,
    since: 'endive',
    move: ({ use_case: useCase }) => {
      if (!isRecord(useCase)) return;
      for (const flow of [useCase.account_onboarding, useCase.account_update])
        if (isRecord(flow) && Array.isArray(flow.configurations)) delete flow.configurations;
    },
  },
];

/** What was taken away and asked for nothing that the sandbox does: its older callers are taken at their word. */
const ended: readonly { readonly operations: RegExp; readonly path: readonly string[]; readonly until: Release }[] = [
  {
    // https://docs.stripe.com/changelog/dahlia: an option of a method that is not served.
    operations: /^POST \/v1\/payment_intents(\/\*(\/confirm)?)?$/,
    path: ['payment_method_options', 'us_bank_account', 'preferred_settlement_speed'],
    until: 'dahlia',
  },
  {
    // https://docs.stripe.com/changelog/endive/2026-09-30/removed-payto-fields
    operations: /^POST \/v1\/payment_methods\/\*$/,
    path: ['payto'],
    until: 'endive',
  },
];

const removeAt = (raw: RawRecord, [first = '', ...rest]: readonly string[]): void => {
  const inner = raw[first];
  if (rest.length === 0) delete raw[first];
  else if (isRecord(inner)) {
    removeAt(inner, rest);
    if (Object.keys(inner).length === 0) delete raw[first];
  }
};

/** Changes a request of an older version into what it would be in the latest one, by whose types it is read. */
export const moveToLatest = (operation: string, raw: RawRecord, version: string): void => {
  for (const { operations, since, move } of moved)
    if (operations.test(operation) && !versionAtLeast(version, since)) move(raw);
  for (const { operations, path, until } of ended)
    if (operations.test(operation) && !versionAtLeast(version, until)) removeAt(raw, path);
};

/** A word, or for previews a time, where an object with its `type` stands now. */
const moveAnchor = (holder: RawRecord, param: string, takesTime: boolean): void => {
  const { billing_cycle_anchor: given } = holder;
  if (given === undefined) return;
  holder.billing_cycle_anchor = anchorOf(given, param, takesTime);
};

const anchorOf = (given: Raw, param: string, takesTime: boolean): Raw => {
  if (given === 'now' || given === 'unchanged') return { type: given };
  if (takesTime && typeof given !== 'object' && /^\d+$/.test(String(given)))
    return { type: 'timestamp', timestamp: given };
  throw invalidRequest(`Invalid ${param}: must be one of now or unchanged`, { param });
};

const unknownParameter = (param: string) =>
  invalidRequest(`Received unknown parameter: ${param}`, { code: 'parameter_unknown', param });

const missingParameter = (param: string) =>
  invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
