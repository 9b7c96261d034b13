import { fc } from './runs.js';

/** What a form or a document of JSON may hold. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [name: string]: Value };

/** Texts that something on the way might take for more than text. */
const STRANGE_TEXTS: readonly string[] = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud83e',
  '\u202eabc',
  '\ufeff',
  '\u2028',
  'x'.repeat(501),
  'x'.repeat(6_000),
  '%',
  '%zz',
  '%00',
  '+',
  '&',
  '=',
  '[',
  ']',
  '[]',
  'a[b',
  '__proto__',
  'constructor',
  'toString',
  'null',
  'undefined',
  'NaN',
  'true',
  '-1',
  '0x10',
  '1e9',
  '1e400',
  '9007199254740993',
  '123456789012345678901234567890',
  '1.0000000000001',
  '١٢',
  'usd',
  'zzz',
  'http://',
  'https://user:pass@127.0.0.1:99999/',
  'javascript:alert(1)',
  'cus_none',
  'pi_none',
  'pm_card_none',
  '../..',
  '<script>alert(1)</script>',
  "' or 1=1 --",
];

const STRANGE_NUMBERS: readonly number[] = [
  0,
  -0,
  -1,
  1,
  0.5,
  1e-7,
  5e-324,
  1.7976931348623157e308,
  2 ** 31,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 63),
  1e21,
];

export const strangeText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...STRANGE_TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
);

export const strangeValue: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: strangeText },
  { weight: 2, arbitrary: fc.constantFrom(...STRANGE_NUMBERS) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Value>(
      null,
      true,
      [],
      [[]],
      {},
      [null],
      { 0: 'a', length: 1 },
      { '': '' },
      { a: { b: { c: { d: 'deep' } } } },
      Array.from({ length: 300 }, (_, index) => index),
    ),
  },
);

/** Any bytes, and bytes that begin like something. */
export const bytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .tuple(strangeText, fc.uint8Array({ maxLength: 20 }))
    .map(([text, more]) => Buffer.concat([Buffer.from(text), more])),
);
