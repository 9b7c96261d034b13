import { describe, expect, test } from 'vitest';
import { Refusal } from '../errors.js';
import { type Clause, parsedQuery, requireSearchable } from './query.js';

const clause = (field: string, operator: Clause['operator'], value: string | null, more: object = {}): Clause => ({
  field,
  metadataKey: null,
  operator,
  value,
  negated: false,
  ...more,
});

describe('behaviour 17: a query is clauses of field, operator and value', () => {
  test.each<[string, Clause[]]>([
    ['email:"amy@rocketrides.io"', [clause('email', ':', 'amy@rocketrides.io')]],
    ["name~'amy'", [clause('name', '~', 'amy')]],
    ['total>=1000', [clause('total', '>=', '1000')]],
    ['amount<"10"', [clause('amount', '<', '10')]],
    ['-currency:"jpy"', [clause('currency', ':', 'jpy', { negated: true })]],
    ['url:NULL', [clause('url', ':', null)]],
    ['name:"null"', [clause('name', ':', 'null')]],
    ['metadata["a b"]:"c"', [clause('metadata', ':', 'c', { metadataKey: 'a b' })]],
    ["-metadata['donation-id']:null", [clause('metadata', ':', null, { metadataKey: 'donation-id', negated: true })]],
    ['description:"the \\"Sky\\""', [clause('description', ':', 'the "Sky"')]],
    ['payment_method_details.card.last4:4242', [clause('payment_method_details.card.last4', ':', '4242')]],
  ])('%s', (text, clauses) => {
    expect(parsedQuery(text)).toEqual({ clauses, combine: 'and' });
  });

  test.each([
    ['a:"1" b:"2"', 'and', 2],
    ['a:"1" and b:"2" AND c:"3"', 'and', 3],
    ['a:"1" OR b:"2" or c:"3"', 'or', 3],
    ['a:"x OR y"', 'and', 1],
  ])('%s is joined by %s', (text, combine, count) => {
    const query = parsedQuery(text);
    expect([query.combine, query.clauses.length]).toEqual([combine, count]);
  });

  test.each([
    '',
    'asdf',
    'email:amy',
    'email:"open',
    'a:"1"b:"2"',
    '(a:"1")',
    'a:"1" AND',
    'OR a:"1"',
    'a:"1" AND b:"2" OR c:"3"',
    'a:"1" b:"2" OR c:"3"',
    'metadata:"x"',
    'email["x"]:"y"',
    Array.from({ length: 11 }, () => 'a:1').join(' '),
  ])('%j is refused by its parameter', (text) => {
    expect(() => parsedQuery(text)).toThrow(
      expect.objectContaining({ status: 400, body: expect.objectContaining({ param: 'query' }) }),
    );
  });
});

describe('behaviour 17: a field takes the operators of its type', () => {
  const fields = { email: 'string', currency: 'token', amount: 'numeric' } as const;

  test.each(['email~"amy"', 'email:"a"', 'currency:"usd"', 'amount>1', 'amount:null', 'metadata["k"]:"v"'])(
    '%s',
    (text) => requireSearchable(parsedQuery(text), fields, 'things'),
  );

  test.each(['email>"a"', 'email~"am"', 'currency~"usd"', 'amount~"100"', 'amount:"much"', 'amount>null', 'foo:"bar"'])(
    '%s is refused',
    (text) => {
      expect(() => requireSearchable(parsedQuery(text), fields, 'things')).toThrow(Refusal);
    },
  );
});
