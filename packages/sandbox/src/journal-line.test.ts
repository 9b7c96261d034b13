import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineOf, withRepetitions } from './journal-line.js';
import type { Write } from './store.js';

const read = (line: string): Write[] => {
  const [, writes] = JSON.parse(line);
  return withRepetitions(writes);
};

const payment = { id: 'pi_1', object: 'payment_intent', status: 'succeeded', amount: 5, metadata: { a: '1' } };
const before = { ...payment, status: 'requires_confirmation' };
const event = (object: object) => ({ id: 'evt_1', object: 'event', type: 'x', data: { object } });
const answer = { id: 'key', status: 200, content: payment };

describe('a line gives back what was written', () => {
  test.each<[string, Write[]]>([
    [
      'an object, an event and an answer that are one',
      [
        ['payment_intent', 'pi_1', payment],
        ['event', 'evt_1', event(payment)],
        ['_idempotency', 'key', answer],
      ],
    ],
    [
      'an earlier state of the object',
      [
        ['event', 'evt_1', event(before)],
        ['payment_intent', 'pi_1', payment],
      ],
    ],
    [
      'a state with other fields',
      [
        ['event', 'evt_1', event({ ...before, more: 1 })],
        ['payment_intent', 'pi_1', payment],
      ],
    ],
    [
      'a state that lacks a value',
      [
        ['event', 'evt_1', event({ ...before, metadata: null })],
        ['payment_intent', 'pi_1', payment],
      ],
    ],
    [
      'an object of another kind with the same id',
      [
        ['event', 'evt_1', event({ ...payment, object: 'charge' })],
        ['payment_intent', 'pi_1', payment],
      ],
    ],
    [
      'what was removed',
      [
        ['payment_intent', 'pi_1', null],
        ['event', 'evt_1', event(payment)],
      ],
    ],
  ])('%s', (_title, writes) => {
    expect(read(lineOf({ account: 'acct', writes }))).toEqual(writes);
  });

  test('whatever the object was before', () => {
    const state = fc.record({
      status: fc.string(),
      amount: fc.integer(),
      note: fc.option(fc.string()),
      list: fc.array(fc.string()),
    });
    fc.assert(
      fc.property(state, state, (then, now) => {
        const object = { id: 'x', object: 'thing', ...now };
        const writes: Write[] = [
          ['thing', 'x', object],
          ['event', 'evt_1', event({ ...object, ...then }) as never],
        ];
        expect(read(lineOf({ account: 'acct', writes }))).toEqual(writes);
      }),
    );
  });
});

test('what is repeated is written once', () => {
  const text = 'written once';
  const big = { ...payment, description: text };
  const writes: Write[] = [
    ['payment_intent', 'pi_1', big],
    ['event', 'evt_1', event({ ...big, status: 'new' }) as never],
    ['_idempotency', 'key', { ...answer, content: big } as never],
  ];
  expect(lineOf({ account: 'acct', writes }).split(text)).toHaveLength(2);
});
