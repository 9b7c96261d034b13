import { expect, test } from 'vitest';
import { contract, contractKey } from '../src/contract/contract.js';
import { resources } from '../src/resources/index.js';
import { documentedBehaviours, testsByBehaviour } from '../src/testing/behaviour-table.js';

test('behaviours.md names the tests of each behaviour as their titles do (npm run behaviours writes them)', () => {
  const documented = documentedBehaviours();
  expect(documented.map(({ number }) => number)).toEqual(Array.from({ length: 72 }, (_, position) => position + 1));
  const tests = testsByBehaviour();
  for (const { number, tests: named } of documented) {
    expect({ number, tests: named }).toEqual({ number, tests: tests.get(number) });
  }
  expect([...tests.keys()].filter((number) => number < 1 || number > 72)).toEqual([]);
});

test('every operation in scope is served', () => {
  const served = new Set(resources.flatMap(({ operations }) => Object.keys(operations).map(contractKey)));
  expect(Object.keys(contract.operations).filter((operation) => !served.has(operation))).toEqual([]);
});
