import { isCompared, laterFields } from './contract/since.js';
import type { StripeObject } from './work.js';

/** The object without what came after this version, and so is what stands in it; the same one when there is nothing. */
export const withoutLater = (object: StripeObject, version: string): StripeObject =>
  isCompared(version) ? withoutAll(object, version) : object;

const withoutAll = (object: StripeObject, version: string): StripeObject => {
  const kind = object.object;
  let shown = typeof kind === 'string' ? withoutPaths(object, laterFields(version, kind)) : object;
  for (const [field, value] of Object.entries(shown)) {
    const inner = holding.test(field) ? inHash(value, version) : innerOf(value, version);
    if (inner === value) continue;
    if (shown === object) shown = { ...object };
    (shown as Record<string, unknown>)[field] = inner;
  }
  return shown;
};

/** Hashes that hold objects of Stripe: the method of `last_payment_error`, the items of a held update. */
const holding = /(^|_)error$|^pending_update$/;

const inHash = (value: unknown, version: string): unknown =>
  typeof value === 'object' && value !== null ? withoutAll(value as StripeObject, version) : value;

/** Objects of Stripe inside of another one, and lists of them. */
const innerOf = (value: unknown, version: string): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const shown = value.map((entry) => innerOf(entry, version));
    return shown.every((entry, place) => entry === value[place]) ? value : shown;
  }
  const { data, object } = value as { readonly data?: unknown; readonly object?: unknown };
  if (typeof object !== 'string') return value;
  if (object !== 'list' || !Array.isArray(data)) return withoutAll(value as StripeObject, version);
  const shown = data.map((entry) => innerOf(entry, version));
  return shown.every((entry, place) => entry === data[place]) ? value : { ...value, data: shown };
};

const withoutPaths = (object: StripeObject, later: ReadonlySet<string>): StripeObject => {
  let shown = object;
  for (const path of later) if (!path.includes('=')) shown = without(shown, path.split('.'));
  return shown;
};

/** Copies the hashes on the way, which are shared with what is stored. */
const without = (object: StripeObject, [first = '', ...rest]: readonly string[]): StripeObject => {
  if (!Object.hasOwn(object, first)) return object;
  const { [first]: value, ...others } = object;
  if (rest.length === 0) return others;
  const inner = Array.isArray(value) ? value.map((entry) => within(entry, rest)) : within(value, rest);
  const isSame =
    Array.isArray(value) && Array.isArray(inner) ? inner.every((one, at) => one === value[at]) : inner === value;
  return isSame ? object : { ...object, [first]: inner };
};

const within = (value: unknown, path: readonly string[]): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? without(value as StripeObject, path) : value;
