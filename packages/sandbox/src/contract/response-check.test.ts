import { beforeAll, describe, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../testing/running-sandbox.js';
import { latestVersion } from '../versions.js';
import { contract } from './contract.js';
import { answerMisfits } from './response-check.js';

/** The check of answers is tried at answers that fit, each spoilt in one way. */

const operation = 'GET /v1/customers';
let list: { readonly data: readonly Record<string, unknown>[] };
let event: Record<string, unknown>;

const asked = async <T>(sandbox: RunningSandbox, path: string): Promise<T> =>
  (await sandbox.call('GET', path, { key: 'sk_test_spoilt', headers: { 'stripe-version': latestVersion } })).body as T;

beforeAll(async () => {
  const sandbox = await runSandbox();
  await sandbox.call('POST', '/v1/customers', { key: 'sk_test_spoilt', body: 'name=Jo' });
  list = await asked(sandbox, '/v1/customers');
  event = (await asked<{ data: Record<string, unknown>[] }>(sandbox, '/v1/events')).data[0] ?? {};
  await sandbox.close();
});

describe('an answer does not fit', () => {
  const spoilt = (changes: object) => ({ ...list, data: [{ ...list.data[0], ...changes }] });

  it.each([
    ['when a field is missing', { email: undefined }, 'the answer.data[0].email is missing'],
    ['when a field is of no type of the SDK', { colour: 'red' }, 'the answer.data[0].colour is no field'],
    [
      'when a value is none that the SDK knows, though it foresees others',
      { tax_exempt: 'exmept' },
      'the answer.data[0].tax_exempt: "exmept" is none of none, exempt, reverse',
    ],
    ['when a value is of another kind', { created: 'today' }, 'the answer.data[0].created: "today" is no number'],
  ])('%s', (_name, changes, said) => {
    expect(answerMisfits(operation, list)).toEqual([]);
    expect(answerMisfits(operation, spoilt(changes))).toEqual([said]);
  });

  it('as a list that cannot be paged through', () => {
    expect(answerMisfits(operation, { ...list, has_more: undefined, url: null })).toEqual([
      'the answer.has_more is missing',
      'the answer.url: null is no string',
    ]);
  });

  it('when what an event shows is no such object', () => {
    const shown = (object: object) => answerMisfits('GET /v1/events/*', { ...event, data: { object } });
    expect(shown({ ...list.data[0] })).toEqual([]);
    expect(shown({ ...list.data[0], livemode: 1 })).toEqual(['the answer.data.object.livemode: 1 is no boolean']);
  });
});

describe('an answer to an older version', () => {
  it('is held against what that version shows', () => {
    const type = contract.types.Discount;
    expect(type?.r).toContain('source');
    const discount = {
      id: 'di_1',
      object: 'discount',
      checkout_session: null,
      customer: 'cus_1',
      customer_account: null,
      deleted: true,
      invoice: null,
      invoice_item: null,
      promotion_code: null,
      source: { type: 'coupon', coupon: 'c' },
      start: 1,
      subscription: null,
      subscription_item: null,
    };
    const at = (version: string) => answerMisfits('DELETE /v1/customers/*/discount', discount, version);
    expect(at(latestVersion)).toEqual([]);
    expect(at('2025-08-27.basil')).toEqual(['the answer.coupon is missing', 'the answer.source is no field']);
  });
});
