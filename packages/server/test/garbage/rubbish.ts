import { fc } from './runs.js';

/** A piece of JSON that no value of JavaScript writes, such as 1e400 or a key that stands twice. */
export class RawJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Json = null | boolean | number | string | RawJson | readonly Json[] | { readonly [name: string]: Json };

export const isJsonObject = (value: Json): value is { readonly [name: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof RawJson);

/** The text of it; names such as `__proto__` are written like any other. */
export function jsonText(value: Json): string {
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  if (isJsonObject(value)) {
    const parts = Object.keys(value).map((name) => `${JSON.stringify(name)}:${jsonText(value[name] ?? null)}`);
    return `{${parts.join(',')}}`;
  }
  return Object.is(value, -0) ? '-0' : JSON.stringify(value);
}

const nestedLists = (depth: number) => new RawJson('['.repeat(depth) + ']'.repeat(depth));

/** Deeper than any stack of a walk that calls itself, and as much as fits into a body. */
const DEEP = 100_000;

/** Names that mean something to JavaScript, and names that mean something to nobody. */
export const STRANGE_NAMES: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'toJSON',
  '$where',
  'id',
  'object',
  'environment_id',
  'version',
  'status',
  '',
  ' ',
  '0',
  'a.b',
  'a[b]',
  'lines[0]',
  '\u0000',
  '\ud800',
  '😀',
  '"\\',
  'x'.repeat(3_000),
];

/** Instants that are none, or that not everybody on the way can hold. */
export const STRANGE_INSTANTS: readonly string[] = [
  '2027-02-30T00:00:00Z',
  '2027-03-01T25:00:00Z',
  '2027-03-01',
  '2027-03-01T10:00:00',
  '2027-03-01T23:59:60Z',
  '0000-01-01T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  '-271821-04-20T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  '+275760-09-13T00:00:00.001Z',
  '+999999-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '4714-11-24T00:00:00Z',
  '1970-01-01T00:00:00+23:59',
  '1970-01-01T00:00:00[Europe/Berlin]',
];

/** Texts that something on the way might take for more than text. */
export const STRANGE_TEXTS: readonly string[] = [
  '',
  ' ',
  '\t\n',
  '\u0000',
  'a\u0000b',
  '\ud83e',
  '\udd16\ud83e',
  '😀'.repeat(40),
  '\u202eabc\u200f',
  '\ufeff',
  'e\u0301'.repeat(50),
  '\u0130\u0131\u017f\u212a',
  '\u2028\u2029',
  'x'.repeat(256),
  'x'.repeat(5_000),
  '%00',
  '%s%n%d',
  "'; drop table customers; --",
  "' or 1=1 --",
  '{}',
  '[object Object]',
  '../../../etc/passwd',
  '<script>alert(1)</script>',
  '{{7*7}}',
  'null',
  'undefined',
  'NaN',
  'true',
  '0',
  '-0',
  '-1',
  '1e400',
  '0x10',
  '\u0661\u0662\u0663',
  '1,5',
  '1.',
  '.5',
  '+1',
  '1e3',
  '00000000000000000000000000000000001',
  '9'.repeat(39),
  `0.${'0'.repeat(37)}1`,
  '0.0000000000001',
  '-9999999999999999.999999999999',
  '99999999999999999999.5',
  '0.000000000001',
  '9223372036854775807',
  '9223372036854775808',
  '79228162514264337593543950335',
  'usd',
  'USD',
  'xxx',
  'zzz',
  'xau',
  'clf',
  ...STRANGE_INSTANTS,
  'http://',
  'http://[::1]:99999/',
  'https://user:pass@host.example/',
  'javascript:alert(1)',
  'https://host.example/\u0000',
  `https://host.example/${'a'.repeat(2_100)}`,
  'https://😀.example/',
  'cus_',
  'cus_none',
  'inv_0000000000000000000000000',
  'pm_card_visa',
  'infinity',
  '-infinity',
  'today',
  'whsec_',
  'sk_test_',
  'sk_live_x',
  'rk_test_sandbox_none',
  'Europe/Nowhere',
  'a@b',
  '@',
];

export const strangeText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...STRANGE_TEXTS),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);

export const STRANGE_NUMBERS: readonly Json[] = [
  0,
  -0,
  -1,
  1,
  0.5,
  1e-7,
  5e-324,
  1.7976931348623157e308,
  2 ** 31,
  2 ** 32,
  2 ** 53 - 1,
  -(2 ** 53 - 1),
  2 ** 53,
  2 ** 63,
  new RawJson('1e400'),
  new RawJson('-1e400'),
  new RawJson('1E-400'),
  new RawJson('9223372036854775808'),
  new RawJson('123456789012345678901234567890'),
  new RawJson(`1${'0'.repeat(400)}`),
  new RawJson('1.0'),
  new RawJson('100.000000000000000000001'),
];

const STRANGE_STRUCTURES: readonly Json[] = [
  null,
  true,
  false,
  [],
  [[]],
  {},
  [null],
  [1, 'a', {}],
  { 0: 'a', length: 1 },
  nestedLists(200),
  nestedLists(DEEP),
  new RawJson(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`),
  new RawJson('{"a":1,"a":2}'),
  new RawJson('{"constructor":{"prototype":{"x":1}}}'),
  Array.from({ length: 1_500 }, (_, index) => index),
  Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, 'v'])),
];

/** Any JSON value that somebody could put in the place of a good one. */
export const strangeJson: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: strangeText },
  { weight: 3, arbitrary: fc.constantFrom(...STRANGE_NUMBERS) },
  { weight: 3, arbitrary: fc.constantFrom(...STRANGE_STRUCTURES) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json> },
);
