import type { Params } from './billing-case.js';

/** '2026-04-01', with a time of day if one is meant, as seconds since 1970. */
export const secondsOf = (time: string): number => {
  const seconds = Date.parse(time.length > 'yyyy-mm-dd'.length ? `${time}Z` : `${time}T00:00:00Z`) / 1000;
  if (Number.isNaN(seconds)) throw new Error(`not a time: ${time}`);
  return seconds;
};

/** What the names in a case stand for by now. */
export interface Known {
  readonly prices: Readonly<Record<string, string>>;
  readonly coupons: Readonly<Record<string, string>>;
  readonly rates: Readonly<Record<string, string>>;
  readonly items: readonly string[];
  readonly customer: string;
  readonly subscription: string | undefined;
}

/** The same parameters with ids and times in place of `@…`. */
export const resolved = (params: Params, known: Known): Params => resolvedValue(params, known) as Params;

const resolvedValue = (value: unknown, known: Known): unknown => {
  if (typeof value === 'string') return value.startsWith('@') ? meant(value, known) : value;
  if (Array.isArray(value)) return value.map((one) => resolvedValue(one, known));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, resolvedValue(one, known)]));
};

const meant = (reference: string, known: Known): string | number => {
  const [kind = '', ...rest] = reference.slice(1).split(':');
  const name = rest.join(':');
  if (kind === 'time') return secondsOf(name);
  const found = {
    price: known.prices[name],
    coupon: known.coupons[name],
    rate: known.rates[name],
    item: known.items[Number(name)],
    customer: known.customer,
    subscription: known.subscription,
  }[kind];
  if (found === undefined) throw new Error(`nothing is called ${reference}`);
  return found;
};
