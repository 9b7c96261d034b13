import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../database.js';
import { openInMemory } from './open.js';

let database: Database;

beforeAll(async () => {
  database = await openInMemory();
});
afterAll(() => database.close());

const COMMON = 'select 1 as common';
/** More than are kept ready. */
const RARE = 450;

const preparedAt = async (text: string) => {
  const rows = await database.query({
    text: 'select prepare_time::text as at from pg_prepared_statements where statement = $1',
    values: [text],
  });
  return rows.map(({ at }) => at);
};

test('what is asked all the time is prepared once, however many other statements come by', async () => {
  await database.query({ text: COMMON });
  const first = await preparedAt(COMMON);
  for (let number = 0; number < RARE; number++) {
    await database.query({ text: `select ${number} as rare` });
    expect(await database.query({ text: COMMON })).toEqual([{ common: 1 }]);
  }
  expect(await preparedAt(COMMON)).toEqual(first);
  expect(first).toHaveLength(1);
  expect(await preparedAt('select 0 as rare')).toEqual([]);
});
