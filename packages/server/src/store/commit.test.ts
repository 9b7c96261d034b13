import { currencyOf, ledgerTransaction } from '@tollbridge/core';
import { emptyDatabase, testDatabase, testDatabases } from '@tollbridge/simulation';
import { beforeEach, describe, expect, test } from 'vitest';
import { after, counted, NOW, newEnvironment, newEvent, newId, newJob } from '../../test/ground.js';
import { Changes, type NewAuditEntry } from '../changes.js';
import { newApiKey } from '../organizations/new-api-key.js';
import { type ApiKey, apiKeysTable, findApiKey } from './api-keys.js';
import { commit } from './commit.js';
import { ConstraintViolation, type Database, VersionConflict } from './database.js';
import type { Environment } from './organizations.js';

let secrets = 0;

function newKey(environment: Environment): ApiKey {
  secrets += 1;
  const randomBytes = (count: number) => new Uint8Array(count).fill(secrets % 256).fill(secrets / 256, 1);
  const context = { newId, randomBytes, clock: { machineNow: () => NOW } } as unknown as Parameters<
    typeof newApiKey
  >[0];
  return newApiKey(context, environment, { name: `key ${secrets}`, scopes: ['read'] }).key;
}

const auditEntry = (environment: Environment, id = newId('auditEntry')): NewAuditEntry => ({
  environmentId: environment.id,
  id,
  actor: { kind: 'system', id: null, address: null, requestId: null },
  action: 'key.tried',
  objectKind: 'api_key',
  objectId: 'key_1',
  before: null,
  after: { text: 'ö 🧾' },
});

function addEndpoint(
  database: Database,
  environment: Environment,
  id: string,
  more: { types: string[] | null; status?: string },
) {
  return database.query({
    text: `
insert into webhook_endpoints (environment_id, id, url, event_types, status, secret_sealed, enabled_at, created_at,
  version)
values ($1, $2, 'http://127.0.0.1:9', $3::text[], $4, 'v1.x.y', $5, $5, 1)`,
    values: [environment.id, id, more.types, more.status ?? 'enabled', new Date(NOW).toISOString()],
  });
}

describe.each(testDatabases())('commit on %s', (kind) => {
  let database: Database;
  let environment: Environment;

  beforeEach(async () => {
    database = await testDatabase(kind);
    await emptyDatabase(database);
    environment = await newEnvironment(database);
  });

  const countIn = async (table: string): Promise<bigint> => {
    const [row] = await database.query({ text: `select count(*) as count from ${table}` });
    return row?.count as bigint;
  };
  const find = (key: ApiKey) => findApiKey(database, environment.id, key.id);
  const save = async (changes: Changes): Promise<void> => {
    await commit(database, changes, NOW);
  };

  test('everything of a decision is one round trip', async () => {
    const [kept, fresh] = [newKey(environment), newKey(environment)];
    await save(new Changes().insert(apiKeysTable, kept));
    const watched = counted(database);
    const changes = new Changes()
      .insert(apiKeysTable, fresh)
      .update(apiKeysTable, { ...kept, name: 'renamed' })
      .note(auditEntry(environment))
      .tell(newEvent(environment.id, 'thing_1'))
      .enqueue(newJob(environment.id));
    await commit(watched.database, changes, NOW);
    expect(watched.statements).toHaveLength(1);
    expect(await find(kept)).toEqual({ ...kept, name: 'renamed', version: 2 });
    expect(await find(fresh)).toEqual(fresh);
  });

  test('nothing to write asks the database nothing', async () => {
    const watched = counted(database);
    await commit(watched.database, new Changes(), NOW);
    expect(watched.statements).toEqual([]);
  });

  test('another version stored refuses the whole decision and names the table', async () => {
    const key = newKey(environment);
    await save(new Changes().insert(apiKeysTable, key));
    await save(new Changes().update(apiKeysTable, { ...key, name: 'first' }));
    const late = new Changes()
      .update(apiKeysTable, { ...key, name: 'late' })
      .insert(apiKeysTable, newKey(environment))
      .note(auditEntry(environment))
      .tell(newEvent(environment.id, 'thing_1'))
      .enqueue(newJob(environment.id));
    await expect(save(late)).rejects.toMatchObject({ name: 'VersionConflict', subject: 'api_keys' });
    expect(await find(key)).toMatchObject({ name: 'first', version: 2 });
    const counts = await Promise.all(['api_keys', 'audit_entries', 'events', 'event_sequences', 'jobs'].map(countIn));
    expect(counts).toEqual([1n, 0n, 0n, 0n, 0n]);
  });

  test('a refused row anywhere takes everything else with it', async () => {
    const entry = auditEntry(environment);
    await save(new Changes().note(entry));
    const key = newKey(environment);
    await expect(save(new Changes().insert(apiKeysTable, key).note(entry))).rejects.toBeInstanceOf(ConstraintViolation);
    expect(await find(key)).toBeNull();
  });

  test('a second row with a unique value is refused by the name of its constraint', async () => {
    const key = newKey(environment);
    await save(new Changes().insert(apiKeysTable, key));
    const twin = { ...newKey(environment), secretHash: key.secretHash };
    const refusal = { name: 'ConstraintViolation', kind: 'unique', constraint: 'api_key_secret_unique' };
    await expect(save(new Changes().insert(apiKeysTable, twin))).rejects.toMatchObject(refusal);
  });

  test('a row of an unknown environment is refused', async () => {
    const stray = { ...newKey(environment), environmentId: 'env_nowhere' };
    await expect(save(new Changes().insert(apiKeysTable, stray))).rejects.toMatchObject({ kind: 'foreign_key' });
  });

  test('a fact told twice stays as it was told first', async () => {
    const key = newKey(environment);
    await save(new Changes().insertIfAbsent(apiKeysTable, key));
    await save(new Changes().insertIfAbsent(apiKeysTable, { ...key, name: 'told again' }));
    expect(await find(key)).toEqual(key);
  });

  test('a row is deleted at the version read, and at no other', async () => {
    const key = newKey(environment);
    await save(new Changes().insert(apiKeysTable, key));
    await expect(save(new Changes().delete(apiKeysTable, { ...key, version: 2 }))).rejects.toBeInstanceOf(
      VersionConflict,
    );
    await save(new Changes().delete(apiKeysTable, key));
    expect(await find(key)).toBeNull();
    await expect(save(new Changes().delete(apiKeysTable, key))).rejects.toMatchObject({ subject: 'api_keys' });
  });

  test('one commit writes a row once', () => {
    const key = newKey(environment);
    const twice = 'writes the row';
    expect(() => new Changes().insert(apiKeysTable, key).update(apiKeysTable, key)).toThrow(twice);
    expect(() => new Changes().insertIfAbsent(apiKeysTable, key).insert(apiKeysTable, key)).toThrow(twice);
    expect(() => new Changes().update(apiKeysTable, key).delete(apiKeysTable, key)).toThrow(twice);
  });

  test('two decisions become one commit', async () => {
    const [one, two] = [newKey(environment), newKey(environment)];
    const changes = new Changes().insert(apiKeysTable, one);
    changes.add(new Changes().insert(apiKeysTable, two).note(auditEntry(environment)).enqueue(newJob(environment.id)));
    await save(changes);
    expect(await Promise.all(['api_keys', 'audit_entries', 'jobs'].map(countIn))).toEqual([2n, 1n, 1n]);
  });

  test('a fact is entered in the books with its entries, and only once', async () => {
    const huge = 9_223_372_036_854_775_807n;
    const transaction = ledgerTransaction({
      kind: 'invoice_finalized',
      sourceKind: 'invoice',
      sourceId: 'inv_1',
      occurredAt: after(-5),
      entries: [
        { account: 'receivable', ownerId: 'cus_1', amountMinor: huge, currency: currencyOf('eur') },
        { account: 'revenue', ownerId: null, amountMinor: -huge, currency: currencyOf('eur') },
      ],
    });
    if (transaction === null) throw new Error('the fact moves money');
    const posting = () => ({ environmentId: environment.id, id: newId('ledgerTransaction'), transaction });
    await save(new Changes().post(posting()));
    const again = save(new Changes().post(posting()));
    await expect(again).rejects.toMatchObject({ constraint: 'ledger_transaction_once' });
    const rows = await database.query({
      text: `
select t.occurred_at, e.position, e.account, e.owner_id, e.amount_minor, e.currency
from ledger_entries e
join ledger_transactions t on t.environment_id = e.environment_id and t.id = e.transaction_id
order by e.position`,
    });
    expect(rows).toEqual([
      {
        occurred_at: after(-5),
        position: 0,
        account: 'receivable',
        owner_id: 'cus_1',
        amount_minor: huge,
        currency: 'eur',
      },
      { occurred_at: after(-5), position: 1, account: 'revenue', owner_id: null, amount_minor: -huge, currency: 'eur' },
    ]);
  });

  test('an audit entry keeps who, what, before and after', async () => {
    await save(new Changes().note(auditEntry(environment, 'aud_1')));
    const [row] = await database.query({ text: `select * from audit_entries where id = 'aud_1'` });
    expect(row).toMatchObject({ actor_kind: 'system', before: null, after: { text: 'ö 🧾' }, occurred_at: NOW });
  });

  test('OUT-1: events of one commit are numbered by object in the order told', async () => {
    const told = ['a', 'b', 'a', 'a'].map((object) => newEvent(environment.id, object));
    await save(new Changes().tell(...told));
    await save(new Changes().tell(newEvent(environment.id, 'a')));
    expect(await sequencesOf('a')).toEqual([1n, 2n, 3n, 4n]);
    expect(await sequencesOf('b')).toEqual([1n]);
    const [third] = await database.query({ text: 'select sequence from events where id = $1', values: [told[3]?.id] });
    expect(third?.sequence).toBe(3n);
  });

  const sequencesOf = async (objectId: string): Promise<bigint[]> => {
    const text = 'select sequence from events where object_id = $1 order by seq';
    return (await database.query({ text, values: [objectId] })).map((row) => row.sequence as bigint);
  };

  test('events committed by many at once leave no gap, and numbers rise in the order of the list', async () => {
    const objects = ['a', 'b', 'c'];
    const commits = Array.from({ length: 60 }, (_, index) => {
      const first = objects[index % 3] as string;
      const second = objects[(index + 1) % 3] as string;
      const tell = (): Promise<void> =>
        save(new Changes().tell(newEvent(environment.id, first), newEvent(environment.id, second))).catch((error) => {
          if (!(error instanceof VersionConflict)) throw error;
          return tell();
        });
      return tell();
    });
    await Promise.all(commits);
    const expected = Array.from({ length: 40 }, (_, index) => BigInt(index + 1));
    for (const object of objects) expect(await sequencesOf(object)).toEqual(expected);
  });

  test('an event becomes a delivery and a job for each endpoint that wants its type', async () => {
    await addEndpoint(database, environment, 'we_all', { types: null });
    await addEndpoint(database, environment, 'we_some', { types: ['thing.changed'] });
    await addEndpoint(database, environment, 'we_none', { types: ['other.changed'] });
    await addEndpoint(database, environment, 'we_off', { types: null, status: 'disabled' });
    const event = newEvent(environment.id, 'thing_1');
    await save(new Changes().tell(event));
    const deliveries = await database.query({
      text: 'select id, endpoint_id, event_id, status from webhook_deliveries order by endpoint_id',
    });
    expect(deliveries.map((row) => [row.endpoint_id, row.event_id, row.status])).toEqual([
      ['we_all', event.id, 'pending'],
      ['we_some', event.id, 'pending'],
    ]);
    const jobs = await database.query({ text: 'select lane, kind, key, payload, blocked from jobs order by key' });
    expect(jobs).toEqual(
      deliveries.map(({ id, endpoint_id }) => ({
        lane: 'delivery',
        kind: 'deliver_webhook',
        key: `delivery ${endpoint_id as string} thing_1`,
        payload: { deliveryId: id, endpointId: endpoint_id },
        blocked: false,
      })),
    );
  });

  test('of two commits at once on one version one is refused', async () => {
    const key = newKey(environment);
    await save(new Changes().insert(apiKeysTable, key));
    const tries = Array.from({ length: 8 }, (_, index) =>
      save(new Changes().update(apiKeysTable, { ...key, name: `try ${index}` })),
    );
    const outcomes = await Promise.allSettled(tries);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as unknown);
    expect(refused).toHaveLength(7);
    for (const reason of refused) expect(reason).toBeInstanceOf(VersionConflict);
    expect(await find(key)).toMatchObject({ version: 2 });
  });

  test('workers are woken by a commit that leaves them something to do, and by no other', async () => {
    let woken = 0;
    const heard = new Promise<void>((resolve) => {
      database.onWork(() => {
        woken += 1;
        resolve();
      });
    });
    await save(new Changes().insert(apiKeysTable, newKey(environment)));
    expect(woken).toBe(0);
    await untilHeard(heard, () => save(new Changes().enqueue(newJob(environment.id))));
    expect(woken).toBeGreaterThan(0);
  });
});

// The embedded database tells before it answers, so there they can be counted.
test('an event wakes workers only where an endpoint wants it', async () => {
  const database = await testDatabase('embedded');
  await emptyDatabase(database);
  const environment = await newEnvironment(database);
  await addEndpoint(database, environment, 'we_1', { types: ['wanted'] });
  let woken = 0;
  database.onWork(() => {
    woken += 1;
  });
  const told = async (type: string): Promise<number> => {
    await commit(database, new Changes().tell({ ...newEvent(environment.id, 'thing_1'), type }), NOW);
    return woken;
  };
  expect(await told('wanted')).toBe(1);
  expect(await told('unwanted')).toBe(1);
  expect(await told('wanted')).toBe(2);
});

/** The listening itself begins a moment after it was asked for, so one announcement may be too early. */
async function untilHeard(heard: Promise<void>, announce: () => Promise<void>): Promise<void> {
  let isHeard = false;
  void heard.then(() => {
    isHeard = true;
  });
  for (let round = 0; round < ROUNDS_MAX && !isHeard; round++) await announce();
  await heard;
}

const ROUNDS_MAX = 200;
