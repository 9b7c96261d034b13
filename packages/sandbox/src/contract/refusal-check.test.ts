import { describe, expect, it } from 'vitest';
import { latestVersion } from '../versions.js';
import { refusalMisfits } from './refusal-check.js';

const known = {
  type: 'invalid_request_error',
  message: 'No such customer',
  code: 'resource_missing',
  doc_url: 'https://stripe.com/docs/error-codes/resource-missing',
  request_log_url: 'http://127.0.0.1:4410/_sandbox/requests/req_1',
};

const misfitsOf = (error: unknown, status = 404, path = '/v1/customers/cus_1'): string[] =>
  refusalMisfits({ path, status, version: latestVersion, content: { error } });

describe('a refusal fits', () => {
  it('as an error object whose fields are the SDK’s', () => {
    expect(misfitsOf(known)).toEqual([]);
    expect(misfitsOf({ ...known, param: 'id' })).toEqual([]);
  });

  it('as the two texts of OAuth, there and nowhere else', () => {
    const content = { error: 'invalid_grant', error_description: 'Authorization code expired: ac_1' };
    const at = (path: string) => refusalMisfits({ path, status: 400, version: latestVersion, content });
    expect(at('/oauth/token')).toEqual([]);
    expect(at('/v1/customers')).toEqual(['an error of OAuth outside of it']);
  });
});

describe('a refusal of version 2', () => {
  const path = '/v2/core/accounts';

  it('has codes and kinds of its own, and no type where its code says all', () => {
    const code = {
      code: 'account_not_yet_compliant',
      doc_url: 'https://stripe.com/docs/error-codes/account-not-yet-compliant',
    };
    expect(misfitsOf({ ...known, ...code, type: 'cannot_proceed' }, 400, path)).toEqual([]);
    expect(misfitsOf({ ...known, ...code }, 400)).toHaveLength(1);
    const fields = {
      code: 'invalid_fields',
      doc_url: 'https://stripe.com/docs/error-codes/invalid-fields',
      type: undefined,
    };
    expect(misfitsOf({ ...known, ...fields }, 400, path)).toEqual([]);
    expect(misfitsOf({ ...known, type: undefined }, 400, path)).toEqual(['an error without a type']);
  });

  it('says nothing of cards and intents, which version 1 does', () => {
    const declined = { ...known, code: undefined, doc_url: undefined, type: 'card_error', decline_code: 'lost_card' };
    expect(misfitsOf(declined, 402)).toEqual([]);
    expect(misfitsOf(declined, 402, path)).toEqual(['error.decline_code is no field']);
  });
});

describe('a refusal does not fit', () => {
  it.each([
    ['without a message', { ...known, message: undefined }, 404, 'error.message is missing'],
    ['with a field nobody reads', { ...known, reason: 'x' }, 404, 'error.reason is no field'],
    ['with a parameter that is no text', { ...known, param: 3 }, 404, 'error.param: 3 is no string'],
    ['without a log to look into', { ...known, request_log_url: undefined }, 404, 'no request_log_url'],
    [
      'with a page of another code',
      { ...known, doc_url: 'https://stripe.com/docs/error-codes/x' },
      404,
      'doc_url https',
    ],
    ['of another type than its status', known, 500, 'invalid_request_error with 500'],
    ['when a payment is no card error', known, 402, 'invalid_request_error with 402'],
    [
      'with a reason to decline what is no card',
      { ...known, decline_code: 'lost_card' },
      404,
      'a decline_code without',
    ],
    ['with an intent that is none', { ...known, payment_intent: { id: 'pi_1' } }, 400, 'error.payment_intent.object'],
  ])('%s', (_name, error, status, said) => {
    expect(misfitsOf(error, status)).toContainEqual(expect.stringContaining(said));
  });

  it('with a code that Stripe does not have', () => {
    const doc_url = 'https://stripe.com/docs/error-codes/made-up';
    expect(misfitsOf({ ...known, code: 'made_up', doc_url })).toEqual([
      expect.stringMatching(/^error\.code: "made_up" is none of/),
    ]);
  });

  it('without an error object, which the SDK would take for a success', () => {
    const content = { message: 'Not found' };
    expect(refusalMisfits({ path: '/v1/x', status: 404, version: latestVersion, content })).toEqual([
      '404 without an error object',
    ]);
  });
});
