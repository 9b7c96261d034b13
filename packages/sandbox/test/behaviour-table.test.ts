import { expect, test } from 'vitest';
import { contract, contractKey } from '../src/contract/contract.js';
import { resources } from '../src/resources/index.js';
import { documentedBehaviours, findings, testsByBehaviour } from '../src/testing/behaviour-table.js';

test('behaviours.md names the tests of each behaviour as their titles do (npm run behaviours writes them)', () => {
  const documented = documentedBehaviours();
  expect(documented.map(({ number }) => number)).toEqual(Array.from({ length: 72 }, (_, position) => position + 1));
  const tests = testsByBehaviour();
  for (const { number, tests: named } of documented) {
    expect({ number, tests: named }).toEqual({ number, tests: tests.get(number) });
  }
  expect([...tests.keys()].filter((number) => number < 1 || number > 72)).toEqual([]);
});

/** Those of which something was first written from memory and is to be looked up before anybody relies on it. */
const fromMemory = [
  1, 3, 8, 9, 13, 14, 16, 18, 19, 20, 21, 22, 30, 33, 35, 36, 37, 38, 40, 41, 42, 43, 44, 45, 52, 54, 55, 56, 58, 61,
  63, 64, 65, 67, 70, 71, 72,
];

test('beside a test of each behaviour that was written from memory stands what was found of it, with its link', () => {
  const found = findings();
  expect(found.map(({ number }) => number).sort((one, other) => one - other)).toEqual(fromMemory);
  const tests = testsByBehaviour();
  for (const { number, path, text } of found) {
    expect([number, tests.get(number)]).toEqual([number, expect.arrayContaining([path])]);
    expect(text).toMatch(/https:\/\/\S+/);
    expect(text).toMatch(/documented|not found|seen/);
  }
});

test('every operation in scope is served', () => {
  const served = new Set(resources.flatMap(({ operations }) => Object.keys(operations).map(contractKey)));
  expect(Object.keys(contract.operations).filter((operation) => !served.has(operation))).toEqual([]);
});
