import { expect, test } from 'vitest';
import { checkBehaviours } from './check-behaviours.mjs';

const check = (text, ...built) => checkBehaviours(new Map([['a.test.ts', text]]), built).join('\n');

test('what is built is found by its id in a title, alone, beside others, of a table and of a template', () => {
  expect(check("test('CUS-5: makes one', () => {});", 'CUS-5')).toBe('');
  expect(check("it(\n  'LAGO-8, CUS-5: makes one',", 'CUS-5', 'LAGO-8')).toBe('');
  expect(check("test.each([1])('CUS-5: makes %s',", 'CUS-5')).toBe('');
  expect(check('test(`CUS-5: makes one`,', 'CUS-5')).toBe('');
});

test('an id that stands elsewhere than in a title protects nothing', () => {
  for (const text of ['', "// test('CUS-5: later')", "test('makes one (CUS-5)', () => {});", "const id = 'CUS-5: x';"])
    expect(check(text, 'CUS-5')).toContain('CUS-5 is said to be built');
});

test('an id in a title is one that is built', () => {
  expect(check("test('CUS-50: makes one', () => {});")).toContain('CUS-50 stands in a title');
});
