import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningSandbox, runSandbox } from '../src/testing/running-sandbox.js';

let sandbox: RunningSandbox;

beforeAll(async () => {
  sandbox = await runSandbox();
});

afterAll(() => sandbox.close());

test('secret and restricted keys with one body open one account', async () => {
  const secret = await sandbox.stripe('sk_test_shared').accounts.retrieveCurrent();
  const restricted = await sandbox.stripe('rk_test_shared').accounts.retrieveCurrent();
  const other = await sandbox.stripe('sk_test_shared2').accounts.retrieveCurrent();
  expect(restricted.id).toBe(secret.id);
  expect(other.id).not.toBe(secret.id);
  expect(sandbox.contractMisfits()).toEqual([]);
});

test('a missing right is 403 that names permission and account, before any parameter is looked at', async () => {
  await sandbox.control('POST', 'keys', {
    key: 'rk_test_shared',
    permissions: { customers: 'read', webhook_endpoints: 'write' },
  });
  const key = 'rk_test_shared';
  const account = (await sandbox.stripe('sk_test_shared').accounts.retrieveCurrent()).id;
  const refused = await sandbox.call('POST', '/v1/customers', { key, body: 'nonsense=1' });
  expect([refused.status, refused.body.error?.code]).toEqual([403, undefined]);
  expect(refused.body.error?.message).toContain('rak_customers_write');
  expect(refused.body.error?.message).toContain(account);
  expect((await sandbox.call('GET', '/v1/customers', { key })).status).toBe(200);
  expect((await sandbox.call('GET', '/v1/account', { key })).status).toBe(403);
});

test('a granted right answers a probe with an unknown parameter by 400', async () => {
  const answer = await sandbox.call('POST', '/v1/webhook_endpoints', { key: 'rk_test_shared', body: 'probe=1' });
  expect([answer.status, answer.body.error?.code]).toEqual([400, 'parameter_unknown']);
});

test('a key can be revoked while it is in use', async () => {
  const stripe = sandbox.stripe('sk_test_leaving');
  await stripe.customers.create({});
  await sandbox.control('POST', 'faults', {
    kind: 'key_revoked',
    request: 'POST /v1/customers',
    times: 1,
    key: 'sk_test_leaving',
  });
  await expect(stripe.customers.create({})).rejects.toMatchObject({ statusCode: 401 });
  await expect(stripe.customers.list()).rejects.toMatchObject({ statusCode: 401 });
});

test('a publishable key may not list customers', async () => {
  const answer = await sandbox.call('GET', '/v1/customers', { key: 'pk_test_shared' });
  expect([answer.status, answer.body.error?.code]).toEqual([403, 'secret_key_required']);
});
