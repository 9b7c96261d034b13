import { describe, expect, test } from 'vitest';
import { contract } from '../../src/contract/contract.js';
import { ignoredParameters, unswept } from './ignored-parameters.js';
import { nestedParametersOf } from './nested-parameters.js';
import { silentParametersOf } from './silent-parameters.js';
import { takenRequests } from './taken-requests.js';

const used = new Set<RegExp>();

const excused = (name: string): boolean => {
  const found = ignoredParameters.find(({ named }) => named.test(name));
  if (found !== undefined) used.add(found.named);
  return found !== undefined;
};

describe('a parameter inside another one has an effect, is refused, or is known to be ignored', () => {
  test.each(takenRequests.map((request) => ({ ...request, given: JSON.stringify(request.params) })))(
    '$operation with $given',
    (request) => {
      expect(silentParametersOf(request).filter((name) => !excused(name))).toEqual([]);
    },
  );

  test('and every operation that has such a parameter is swept, or says why not', () => {
    const writing = Object.keys(contract.operations).filter((operation) => !operation.startsWith('GET '));
    const nested = writing.filter((operation) => nestedParametersOf(operation).length > 0);
    const swept = takenRequests.map(({ operation }) => operation);
    expect(nested.filter((operation) => !swept.includes(operation)).sort()).toEqual(Object.keys(unswept).sort());
  });

  test('and no reason to ignore one is left over', () => {
    expect(ignoredParameters.filter(({ named }) => !used.has(named))).toEqual([]);
  });
});
