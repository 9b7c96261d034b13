import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JournalEntry } from '../src/journal.js';
import { createCheckedSandbox } from '../src/testing/checked-sandbox.js';
import { cards, complete, everything, merchant, profile } from '../src/testing/merchant-account.js';
import { type RunningSandbox, runSandbox, seeded } from '../src/testing/running-sandbox.js';
import { unique } from '../src/testing/unique.js';

// Behaviours 1 and 19: who reaches the accounts that a platform makes, and that each of them is made once and stays.

let sandbox: RunningSandbox;
let platform: Stripe;
let key = '';
let count = 0;

beforeAll(async () => {
  sandbox = await runSandbox();
});

beforeEach(() => {
  count += 1;
  key = `sk_test_reach${count}`;
  platform = sandbox.stripe(key);
});

afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

afterAll(() => sandbox.close());

describe('behaviour 19: a platform and the accounts it made', () => {
  test('acts in them by either header, and they are no objects of its own', async () => {
    const account = await platform.v2.core.accounts.create(merchant);
    const customer = await platform.customers.create({ name: 'Theirs' }, { stripeAccount: account.id });
    expect((await platform.customers.list({}, { stripeContext: account.id })).data[0]?.id).toBe(customer.id);
    await expect(platform.customers.retrieve(customer.id)).rejects.toMatchObject({ code: 'resource_missing' });
    const own = await platform.v2.core.accounts.retrieve(account.id, {}, { stripeContext: account.id });
    expect(own.id).toBe(account.id);
  });

  test('reaches no account of another platform', async () => {
    const account = await platform.v2.core.accounts.create(merchant);
    const stranger = sandbox.stripe(`sk_test_other${count}`);
    const attempts = [
      stranger.v2.core.accounts.retrieve(account.id),
      stranger.v2.core.accounts.update(account.id, { display_name: 'Mine' }),
      stranger.v2.core.accounts.close(account.id),
      stranger.accounts.retrieve(account.id),
      stranger.customers.list({}, { stripeAccount: account.id }),
    ];
    for (const attempt of attempts) await expect(attempt).rejects.toMatchObject({ code: 'account_invalid' });
    expect((await stranger.v2.core.accounts.list()).data).toEqual([]);
  });

  test('pages through them, newest first, and finds those with a configuration', async () => {
    const ids: string[] = [];
    for (const configuration of [{ customer: {} }, merchant.configuration, { customer: {} }]) {
      const account = await platform.v2.core.accounts.create({ contact_email: 'a@example.com', configuration });
      ids.unshift(account.id);
    }
    const all = await platform.v2.core.accounts.list({ limit: 2 }).autoPagingToArray({ limit: 3 });
    expect(all.map(({ id }) => id)).toEqual(ids);
    const filter = { applied_configurations: ['customer' as const], limit: 1 };
    const customers = await platform.v2.core.accounts.list(filter).autoPagingToArray({ limit: 2 });
    expect(customers.map(({ id }) => id)).toEqual([ids[0], ids[2]]);
  });

  test.each([
    ['a country that is none', { identity: { country: 'Germany' } }, 'identity[country]'],
    [
      'a day that there is not',
      { identity: { individual: { date_of_birth: { day: 31, month: 2, year: 2000 } } } },
      'identity[individual][date_of_birth]',
    ],
    ['a currency that is none', { defaults: { currency: 'zzz' } }, 'defaults[currency]'],
    ['an address that reaches nobody', { contact_email: 'nobody' }, 'contact_email'],
  ])('with %s is refused, when it is made and when it changes', async (_title, wrong, param) => {
    const refusal = { statusCode: 400, param };
    const right = { ...merchant, contact_email: 'a@example.com', identity: { country: 'us' } };
    await expect(platform.v2.core.accounts.create({ ...right, ...wrong })).rejects.toMatchObject(refusal);
    const { id } = await platform.v2.core.accounts.create(right);
    await expect(platform.v2.core.accounts.update(id, wrong)).rejects.toMatchObject(refusal);
  });

  test('behaviour 1: the same key makes one account, and a refusal makes none', async () => {
    const options = { idempotencyKey: unique('make') };
    const first = await platform.v2.core.accounts.create(merchant, options);
    expect((await platform.v2.core.accounts.create(merchant, options)).id).toBe(first.id);
    const { contact_email: _email, ...unreachable } = merchant;
    const refused = platform.v2.core.accounts.create(unreachable);
    await expect(refused).rejects.toMatchObject({ statusCode: 400, param: 'contact_email' });
    expect((await platform.v2.core.accounts.list({ limit: 1 })).data[0]?.id).toBe(first.id);
  });

  test('in live mode makes live accounts, which no test key reaches', async () => {
    const liveKey = `sk_live_sandbox_reach${count}`;
    const live = sandbox.stripe(liveKey);
    const account = await live.v2.core.accounts.create(merchant);
    expect(account.livemode).toBe(true);
    const { data } = (await sandbox.control('GET', 'accounts')) as { data: { id: string; key: string }[] };
    const own = sandbox.stripe(data.find(({ id }) => id === account.id)?.key ?? '');
    expect(await own.accounts.retrieveCurrent()).toMatchObject({ id: account.id, charges_enabled: false });
    const attempt = sandbox.stripe(`sk_test_sandbox_reach${count}`).v2.core.accounts.retrieve(account.id);
    await expect(attempt).rejects.toMatchObject({ statusCode: 403 });
  });

  test('an account that only its key opened is ready, in both versions', async () => {
    sandbox.steers('needs an account in which nothing happened');
    const { id } = await platform.accounts.retrieveCurrent();
    const account = await platform.v2.core.accounts.retrieve(id, { include: everything });
    expect([cards(account)?.status, account.requirements?.entries]).toEqual(['active', []]);
    expect(await platform.accounts.retrieveCurrent()).toMatchObject({ charges_enabled: true, payouts_enabled: true });
  });
});

describe('what a platform made of accounts', () => {
  test('is there after a restart, and what time was to do to them still happens', async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'sandbox-accounts-'));
    let id = '';
    const first = await runSandbox({ dataFolder });
    try {
      const account = await first.stripe(key).v2.core.accounts.create({
        ...merchant,
        identity: { country: 'us', ...complete() },
        defaults: { ...merchant.defaults, ...profile },
      });
      id = account.id;
      expect(cards(account)?.status).toBe('pending');
      expect(first.contractMisfits()).toEqual([]);
    } finally {
      await first.close();
    }
    const second = await runSandbox({ dataFolder });
    try {
      await second.control('POST', 'clock', { account: id, advance_seconds: 10 });
      const [listed] = (await second.stripe(key).v2.core.accounts.list()).data;
      expect(listed?.id).toBe(id);
      const account = await second.stripe(key).v2.core.accounts.retrieve(id, { include: everything });
      expect(cards(account)?.status).toBe('active');
    } finally {
      await second.close();
      await rm(dataFolder, { recursive: true, force: true });
    }
  });

  test('whose answer was cut off is found again by the same key, and exists once', async () => {
    await sandbox.control('POST', 'faults', {
      key,
      kind: 'cut_after_commit',
      request: 'POST /v2/core/accounts',
      times: 1,
    });
    const patient = sandbox.stripe(key, { maxNetworkRetries: 1 });
    const account = await patient.v2.core.accounts.create(merchant);
    expect((await platform.v2.core.accounts.list()).data.map(({ id }) => id)).toEqual([account.id]);
  });
});

describe('what one request writes in two accounts', () => {
  test('is in one line of the journal with the account it opens, and when that cannot be written neither has it', () => {
    let isFull = false;
    const lines: JournalEntry[] = [];
    const append = (entry: JournalEntry): void => {
      if (isFull) throw new Error('The disk is full.');
      lines.push(entry);
    };
    const held = createCheckedSandbox({ now: () => 1_800_000_000_000, random: seeded(5), journal: { append } });
    const call = (method: string, url: string, body = ''): { status: number; body: string } => {
      const answer = held.handle({ method, url, headers: { authorization: `Bearer ${key}` }, body });
      if (answer.kind === 'cut') throw new Error('It was cut.');
      return answer;
    };
    const made = JSON.parse(call('POST', '/v2/core/accounts', JSON.stringify({ contact_email: 'a@example.com' })).body);
    const line = lines.at(-1);
    const platformId = JSON.parse(call('GET', '/v1/account').body).id;
    const [opened] = line?.others?.[0]?.writes ?? [];
    expect([line?.account, opened?.[1], line?.others?.[1]?.account]).toEqual([platformId, made.id, made.id]);
    isFull = true;
    const accounts = call('GET', '/_sandbox/accounts').body;
    const lost = call('POST', '/v2/core/accounts', JSON.stringify({ contact_email: 'b@example.com' }));
    expect([lost.status, call('GET', '/_sandbox/accounts').body]).toEqual([500, accounts]);
    const path = `/v2/core/accounts/${made.id}`;
    expect(call('POST', path, JSON.stringify({ display_name: 'Lost' })).status).toBe(500);
    isFull = false;
    expect(JSON.parse(call('GET', path).body).display_name).toBeUndefined();
    const restored = createCheckedSandbox({ now: () => 1_800_000_000_000, random: seeded(6) });
    for (const entry of lines) restored.restore(entry);
    restored.restored();
    const listed = restored.handle({
      method: 'GET',
      url: '/v2/core/accounts',
      headers: { authorization: `Bearer ${key}` },
      body: '',
    });
    expect(listed).toMatchObject({ status: 200, body: expect.stringContaining(made.id) });
  });
});
