import type { Value } from './rubbish.js';

/** A value as Stripe's clients write it into a form: `a[b][0]=c`. */
export const formText = (fields: Readonly<Record<string, Value>>): string =>
  Object.entries(fields)
    .flatMap(([name, value]) => pairs(name, value))
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .join('&');

const pairs = (name: string, value: Value): (readonly [string, string])[] => {
  if (value === null) return [[name, '']];
  if (typeof value !== 'object') return [[name, String(value)]];
  return Object.entries(value).flatMap(([inner, part]) => pairs(`${name}[${inner}]`, part));
};

/** A lone half of a character has no bytes of its own in a form: it becomes the sign for that. */
const encoded = (text: string): string => encodeURIComponent(Buffer.from(text).toString());
