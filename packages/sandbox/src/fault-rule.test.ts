import { describe, expect, test } from 'vitest';
import { Refusal } from './errors.js';
import { faultRuleFrom } from './fault-rule.js';

const paramOf = (given: Readonly<Record<string, unknown>>): unknown => {
  try {
    return faultRuleFrom(given);
  } catch (error) {
    if (error instanceof Refusal) return error.body.param;
    throw error;
  }
};

describe('a fault rule', () => {
  test('is taken as it was asked for, and what is left out is left out', () => {
    const rule = { kind: 'status', request: 'POST /v1/customers', times: 1, status: 503, error: { code: 'x' } };
    expect(faultRuleFrom({ ...rule, account: undefined, after: null })).toEqual(rule);
    const reorder = { kind: 'event_reorder', event: 'invoice.*', probability: 0.5, delayMs: 0 };
    expect(faultRuleFrom(reorder)).toEqual(reorder);
    for (const request of ['/v1/customers/*', 'GET /v1/**', '* /oauth/token', '**']) {
      expect(faultRuleFrom({ kind: 'status', request })).toEqual({ kind: 'status', request });
    }
  });

  test.each([
    ['a kind that there is not', { kind: 'explode' }, 'kind'],
    ['a field that is misspelt, which would strike everywhere', { kind: 'status', path: '/v1/customers' }, 'path'],
    ['a request that is no text', { kind: 'status', request: 5 }, 'request'],
    ['a request that fits none', { kind: 'status', request: 'POST v1/customers' }, 'request'],
    ['an event for a fault of requests', { kind: 'status', event: 'invoice.*' }, 'event'],
    ['a request for a fault of events', { kind: 'event_drop', request: 'POST /v1/customers' }, 'request'],
    ['an event that is no text', { kind: 'event_delay', event: 7 }, 'event'],
    ['times that are no number', { kind: 'status', times: 'x' }, 'times'],
    ['a chance above one', { kind: 'status', probability: 7 }, 'probability'],
    ['a status that is no failure', { kind: 'status', status: 200 }, 'status'],
    ['a status where nothing answers with it', { kind: 'lock_timeout', status: 503 }, 'kind'],
    ['an error that is a text', { kind: 'status', error: 'x' }, 'error'],
    ['a requirement without saying which', { kind: 'requirement_raised', request: '/v1/**' }, 'description'],
    ['a requirement that is no path', { kind: 'requirement_raised', description: 'More!' }, 'description'],
    [
      'a requirement for a fault of another kind',
      { kind: 'status', description: 'identity.individual.email' },
      'description',
    ],
    ['a delay of no length', { kind: 'delay' }, 'delayMs'],
    ['a delay backwards', { kind: 'delay', delayMs: -5 }, 'delayMs'],
  ])('is refused with %s', (_what, given, param) => {
    expect(paramOf(given)).toBe(param);
  });
});
