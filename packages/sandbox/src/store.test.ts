import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Store } from './store.js';

interface Thing {
  readonly id: string;
  readonly owner: string;
}

const things = { type: 'thing', indexes: ['owner'] };
const thing = (id: string, owner: string): Thing => ({ id, owner });

const listed = (store: Store): string[] => [...store.newestFirst('thing')].map((one) => one.id);
const owned = (store: Store, owner: string): string[] => store.where(things, 'owner', owner).map((one) => one.id);

describe('a transaction', () => {
  test('is wholly undone by rollback: values, order and indexes', () => {
    const store = new Store();
    for (const id of ['a', 'b', 'c']) store.put(things, thing(id, 'x'));
    store.commit();
    store.put(things, thing('a', 'y'));
    store.remove(things, 'b');
    store.put(things, thing('d', 'x'));
    store.rollback();
    expect(listed(store)).toEqual(['c', 'b', 'a']);
    expect([owned(store, 'x'), owned(store, 'y')]).toEqual([['a', 'b', 'c'], []]);
  });

  test('gives each object it touched once, as it ended', () => {
    const store = new Store();
    store.put(things, thing('a', 'x'));
    store.put(things, thing('a', 'y'));
    store.put(things, thing('b', 'x'));
    store.remove(things, 'b');
    const kept: unknown[] = [];
    store.commit((writes) => kept.push(writes));
    store.commit((writes) => kept.push(writes));
    expect(kept).toEqual([
      [
        ['thing', 'a', thing('a', 'y')],
        ['thing', 'b', null],
      ],
    ]);
  });

  test('that cannot be kept can still be undone', () => {
    const store = new Store();
    store.put(things, thing('a', 'x'));
    const disk = (): never => {
      throw new Error('the disk is full');
    };
    expect(() => store.commit(disk)).toThrow('full');
    store.rollback();
    expect(listed(store)).toEqual([]);
  });
});

test('whatever is put, removed, committed and undone, the store holds what a plain list would', () => {
  const step = fc.record({
    act: fc.constantFrom('put', 'remove', 'commit', 'rollback'),
    id: fc.integer({ min: 0, max: 9 }),
    owner: fc.constantFrom('x', 'y'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const store = new Store();
      let kept: Thing[] = [];
      let now: Thing[] = [];
      for (const { act, id, owner } of steps) {
        if (act === 'put') {
          store.put(things, thing(`t${id}`, owner));
          const place = now.findIndex((one) => one.id === `t${id}`);
          now = place < 0 ? [...now, thing(`t${id}`, owner)] : now.with(place, thing(`t${id}`, owner));
        } else if (act === 'remove') {
          // An object made again within the transaction that removed it keeps its place; the API never does that.
          if (kept.some((one) => one.id === `t${id}`) !== now.some((one) => one.id === `t${id}`)) continue;
          store.remove(things, `t${id}`);
          store.commit();
          now = now.filter((one) => one.id !== `t${id}`);
          kept = now;
        } else if (act === 'commit') {
          store.commit();
          kept = now;
        } else {
          store.rollback();
          now = kept;
        }
      }
      expect(listed(store)).toEqual(now.map((one) => one.id).reverse());
      expect(store.oldest('thing')?.id).toBe(now[0]?.id);
      for (const owner of ['x', 'y'])
        expect(owned(store, owner)).toEqual(now.filter((one) => one.owner === owner).map((one) => one.id));
    }),
    { numRuns: 300 },
  );
});
