import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DataFolderError, type Sandbox, startSandboxServer } from '../src/index.js';
import { createCheckedSandbox } from '../src/testing/checked-sandbox.js';
import { runSandbox, seeded } from '../src/testing/running-sandbox.js';

describe('faults', () => {
  const clock = { nowMs: Date.parse('2026-03-01T00:00:00Z') };
  let sandbox: Sandbox;

  const send = (method: string, url: string, body = '', key = 'k1') =>
    sandbox.handle({ method, url, headers: { authorization: 'Bearer sk_test_faults', 'idempotency-key': key }, body });

  const count = (): number => {
    const answer = send('GET', '/v1/customers');
    return answer.kind === 'response' ? JSON.parse(answer.body).data.length : -1;
  };

  beforeEach(() => {
    sandbox = createCheckedSandbox({ now: () => clock.nowMs, random: seeded(5) });
  });

  test('a connection cut before the commit leaves nothing, and the same key then does the work once', () => {
    sandbox.faults.add({ kind: 'cut_before_commit', request: 'POST /v1/customers', times: 1 });
    expect(send('POST', '/v1/customers')).toEqual({ kind: 'cut', delayMs: 0 });
    expect(count()).toBe(0);
    expect(send('POST', '/v1/customers')).toMatchObject({ kind: 'response', status: 200 });
    expect(count()).toBe(1);
  });

  test('a connection cut after the commit leaves the work done, and the same key gives its answer', () => {
    sandbox.faults.add({ kind: 'cut_after_commit', request: 'POST /v1/customers', times: 1 });
    expect(send('POST', '/v1/customers')).toEqual({ kind: 'cut', delayMs: 0 });
    expect(count()).toBe(1);
    expect(send('POST', '/v1/customers')).toMatchObject({ status: 200, headers: { 'idempotent-replayed': 'true' } });
    expect(count()).toBe(1);
  });

  test('a rule strikes as often as it says, after as many as it says, where it says', () => {
    sandbox.faults.add({ kind: 'status', status: 503, request: 'POST /v1/customers', after: 1, times: 2 });
    const statuses = [1, 2, 3, 4].map((number) => {
      const answer = send('POST', '/v1/customers', '', `key${number}`);
      return answer.kind === 'response' ? answer.status : 0;
    });
    expect(statuses).toEqual([200, 503, 503, 200]);
    sandbox.faults.clear();
    sandbox.faults.add({ kind: 'status', status: 503, account: 'acct_other' });
    expect(send('GET', '/v1/customers')).toMatchObject({ status: 200 });
  });

  test('chance comes from the seed', () => {
    const run = (): string => {
      sandbox = createCheckedSandbox({ now: () => clock.nowMs, random: seeded(9) });
      sandbox.faults.add({ kind: 'status', status: 500, probability: 0.5 });
      return Array.from({ length: 20 }, () => (send('GET', '/v1/customers') as { status: number }).status).join(' ');
    };
    const first = run();
    expect(first).toContain('500');
    expect(first).toContain('200');
    expect(run()).toBe(first);
  });
});

describe('restart', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('a second start finds every object, event, key, clock and saved answer again', async () => {
    const first = await runSandbox({ dataFolder: folder });
    const stripe = first.stripe('sk_test_restart');
    const customer = await stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'kept' });
    const gone = await stripe.customers.create({});
    await stripe.customers.del(gone.id);
    await stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:9/x', enabled_events: ['charge.failed'] });
    await first.control('POST', 'keys', { key: 'rk_test_restart', revoked: true });
    await first.control('POST', 'clock', { key: 'sk_test_restart', now: 4_000_000_000 });
    await first.close();
    const second = await runSandbox({ dataFolder: folder, seed: 2 });
    const again = second.stripe('sk_test_restart');
    expect(await again.customers.retrieve(customer.id)).toMatchObject({ id: customer.id, name: 'Ada' });
    expect(await again.customers.retrieve(gone.id)).toMatchObject({ deleted: true });
    expect((await again.customers.create({ name: 'Ada' }, { idempotencyKey: 'kept' })).id).toBe(customer.id);
    expect((await again.webhookEndpoints.list()).data).toHaveLength(1);
    expect((await again.customers.create({})).created).toBe(4_000_000_000);
    await expect(second.stripe('rk_test_restart').customers.list()).rejects.toMatchObject({ statusCode: 401 });
    await second.close();
  });

  test('a line torn by a kill is left out and everything before it is found', async () => {
    const first = await runSandbox({ dataFolder: folder });
    const customer = await first.stripe('sk_test_torn').customers.create({});
    await first.close();
    const path = join(folder, 'journal.jsonl');
    writeFileSync(path, `${readFileSync(path, 'utf8')}["acct_x",[["customer","cus_torn",{"id":"cu`);
    const second = await runSandbox({ dataFolder: folder });
    expect((await second.stripe('sk_test_torn').customers.list()).data.map((one) => one.id)).toEqual([customer.id]);
    await second.close();
    const third = await runSandbox({ dataFolder: folder });
    expect((await third.stripe('sk_test_torn').customers.list()).data).toHaveLength(1);
    await third.close();
  });

  test('a folder in use is refused, and free again after the end', async () => {
    const first = await startSandboxServer({ port: 0, dataFolder: folder });
    await expect(startSandboxServer({ port: 0, dataFolder: folder })).rejects.toBeInstanceOf(DataFolderError);
    await first.close();
    await (await startSandboxServer({ port: 0, dataFolder: folder })).close();
  });

  test('a folder that cannot be made is refused in one sentence', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(startSandboxServer({ port: 0, dataFolder: join(folder, 'file', 'data') })).rejects.toThrow(
      /cannot be made: /,
    );
  });

  test('a lock left by a process that is gone is taken over', async () => {
    writeFileSync(join(folder, 'sandbox.lock'), '999999999');
    await (await startSandboxServer({ port: 0, dataFolder: folder })).close();
  });
});

describe('clock', () => {
  test('an account can stand still, run ahead and run fast, but not go back; others keep their time', async () => {
    const sandbox = await runSandbox();
    const stripe = sandbox.stripe('sk_test_clockwork');
    const created = async () => (await stripe.customers.create({})).created;
    const account = (await stripe.accounts.retrieveCurrent()).id;
    await sandbox.control('POST', 'clock', { account, now: 4_000_000_000 });
    expect(await created()).toBe(4_000_000_000);
    await sandbox.control('POST', 'clock', { account, advance_seconds: 86_400 });
    expect(await created()).toBe(4_000_086_400);
    expect(await sandbox.control('POST', 'clock', { account, now: 3_999_999_999 })).toMatchObject({
      error: { param: 'now' },
    });
    await sandbox.control('POST', 'clock', { account, mode: 'accelerated', rate: 1_000_000 });
    const start = await created();
    while ((await created()) < start + 1000);
    const other = await sandbox.stripe('sk_test_elsewhere').customers.create({});
    expect(Math.abs(other.created - Date.now() / 1000)).toBeLessThan(5);
    await sandbox.close();
  });
});
