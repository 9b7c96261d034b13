import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DueHeap } from './due-heap.js';

test('the earliest comes first, and of equals the one that was asked for first', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 50 }), (times) => {
      const heap = new DueHeap();
      for (const [position, at] of times.entries()) heap.push(at, String(position));
      const wanted = times
        .map((at, position) => ({ at, id: String(position) }))
        .sort((one, other) => one.at - other.at);
      const popped = times.map(() => heap.pop());
      expect(popped.map((entry) => entry?.id)).toEqual(wanted.map((entry) => entry.id));
      expect([heap.pop(), heap.size]).toEqual([undefined, 0]);
    }),
    { numRuns: 200 },
  );
});
