import { expect, test } from 'vitest';
import { decodeForm } from './form.js';

const cases: readonly [string, string, object][] = [
  ['plain pairs', 'a=1&b=two', { a: '1', b: 'two' }],
  ['an empty value, which is how a field is unset', 'a=&b', { a: '', b: '' }],
  ['objects', 'a[b][c]=1&a[b][d]=2', { a: { b: { c: '1', d: '2' } } }],
  [
    'lists by index and by empty brackets',
    'a[0][x]=1&a[1][x]=2&b[]=p&b[]=q',
    { a: { 0: { x: '1' }, 1: { x: '2' } }, b: { 0: 'p', 1: 'q' } },
  ],
  ['percent and plus signs', 'n%5Bx%5D=a+b%2Bc%26', { n: { x: 'a b+c&' } }],
  ['broken escapes as they are', 'a=%E0%A4%A', { a: '%E0%A4%A' }],
  ['a later value over an earlier one', 'a=1&a[b]=2', { a: { b: '2' } }],
  ['names that mean something to JavaScript, as mere names', 'constructor[x]=1', { constructor: { x: '1' } }],
];

test.each(cases)('a form is read with %s', (_title, text, expected) => {
  expect(JSON.parse(JSON.stringify(decodeForm(text)))).toEqual(expected);
});

test('no form can reach the prototype of objects', () => {
  decodeForm('__proto__[polluted]=1&a[__proto__][polluted]=1');
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('a form nested without end is cut, not followed', () => {
  expect(() => decodeForm(`a${'[b]'.repeat(100_000)}=1`)).not.toThrow();
});
