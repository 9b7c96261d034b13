import { openSecretBox } from '@tollbridge/server/secret-box';
import { prepareDatabase } from '@tollbridge/server/startup/prepare-database';
import { rotateEncryption } from '@tollbridge/server/startup/rotate-encryption';
import { findConnectionWithAccess } from '@tollbridge/server/store/connections';
import { SEALED_COLUMNS } from '@tollbridge/server/store/sealed-columns';
import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, describe, expect, test } from 'vitest';

describe.each(testDatabases())('the encryption key is rotated on %s', (database) => {
  let world: World;
  afterEach(() => world.close());

  test('CON-12: afterwards the new key opens everything, and the old one is needed no more', async () => {
    world = await createWorld({ database });
    const card = await world.connect('sk_test_sandbox_world');
    await world.request('POST', '/v1/webhook_endpoints', { url: 'https://host.example/hook' });
    const named = { idempotencyKey: 'named' };
    const made = await world.request('POST', '/v1/api_keys', { name: 'Kept answer' }, named);
    const { context } = world;
    const fresh = world.random.bytes(32);
    const randomBytes = (count: number) => world.random.bytes(count);
    const [old] = context.settings.encryptionKeys;
    const both = openSecretBox({ keys: [fresh, ...(old === undefined ? [] : [old])], randomBytes });
    expect(await rotateEncryption({ db: context.db, secrets: both })).toBeGreaterThanOrEqual(4);
    expect(await rotateEncryption({ db: context.db, secrets: both })).toBe(0);
    const now = context.clock.machineNow();
    const only = await prepareDatabase(context.db, { keys: () => [fresh], randomBytes, now });
    const [row] = await context.db.query({ text: 'select environment_id from connections' });
    const found = await findConnectionWithAccess(
      { ...context, secrets: only },
      row?.environment_id as string,
      String(card.id),
    );
    expect(found?.access.secretKey).toBe('sk_test_sandbox_world');
    const [record] = await context.db.query({
      text: `select environment_id, answer_body ->> 'sealed' as sealed from idempotency_keys where key = 'named'`,
    });
    const kept = only.open(record?.sealed as string, record?.environment_id as string);
    expect(JSON.parse(kept)).toEqual(made.body);
  });

  test('CON-12: every column that holds sealed secrets is known to the rotation', async () => {
    world = await createWorld({ database });
    const rows = await world.context.db.query({
      text: `
select table_name || '.' || column_name as name
from information_schema.columns
where table_schema = 'public'
  and column_name like '%\\_sealed'
order by 1`,
    });
    const known = SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`).sort();
    expect(rows.map((row) => row.name)).toEqual(known);
  });
});
