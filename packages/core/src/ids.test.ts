import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatId, ID_PREFIXES, ID_RANDOM_BYTES, isId, type Noun } from './ids.js';

const nouns = Object.keys(ID_PREFIXES) as Noun[];
const bytes = fc.uint8Array({ minLength: ID_RANDOM_BYTES, maxLength: ID_RANDOM_BYTES });

test('no two nouns share a prefix', () => {
  expect(new Set(Object.values(ID_PREFIXES)).size).toBe(nouns.length);
});

test.each([
  [new Uint8Array(15), 'inv_000000000000000000000000'],
  [new Uint8Array(15).fill(255), 'inv_zzzzzzzzzzzzzzzzzzzzzzzz'],
  [Uint8Array.from([...new Array(14).fill(0), 33]), 'inv_000000000000000000000011'],
])('the bytes %j make %s', (random, id) => {
  expect(formatId('invoice', random)).toBe(id);
});

test('an id is recognised as one of its noun and of no other', () => {
  fc.assert(
    fc.property(bytes, fc.constantFrom(...nouns), fc.constantFrom(...nouns), (random, noun, other) => {
      expect(isId(other, formatId(noun, random))).toBe(other === noun);
    }),
  );
});

test('different bytes make different ids', () => {
  fc.assert(
    fc.property(bytes, bytes, (left, right) => {
      const areEqual = left.every((byte, position) => byte === right[position]);
      expect(formatId('job', left) === formatId('job', right)).toBe(areEqual);
    }),
  );
});

test.each([
  '',
  'inv_',
  'inv_00',
  'inv_00000000000000000000000i',
  'INV_000000000000000000000000',
  'inv_0000000000000000000000000',
])('%j is no id of an invoice', (text) => {
  expect(isId('invoice', text)).toBe(false);
});

test('an id is made from exactly as many bytes as it can show', () => {
  expect(() => formatId('invoice', new Uint8Array(14))).toThrow('15 random bytes');
});
