import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Database } from '../database.js';
import { openInMemory } from './open.js';

const ROUNDS = 3_000;

let database: Database;
let failures: unknown[];

beforeEach(async () => {
  failures = [];
  database = await openInMemory((error) => failures.push(error));
});

afterEach(() => database.close());

const numberOf = async (text: string): Promise<number> => {
  const [row] = await database.query({ text });
  return Number(row?.number);
};

test('what plans are made by keeps up with a table that grows', async () => {
  await database.script('create table growing (id integer primary key)');
  for (let id = 0; id < 2 * ROUNDS; id++)
    await database.query({ name: 'grow', text: 'insert into growing values ($1)', values: [id] });
  const known = await numberOf(`select reltuples as number from pg_class where relname = 'growing'`);
  expect(known).toBeGreaterThan(0.6 * 2 * ROUNDS);
});

test('work that is done leaves its room to the next', async () => {
  await database.script('create table done (id integer primary key, text text)');
  const size = () => numberOf(`select pg_total_relation_size('done') as number`);
  const sizes: number[] = [];
  for (let id = 0; id < 3 * ROUNDS; id++) {
    await database.query({ name: 'come', text: `insert into done values ($1, repeat('x', 500))`, values: [id] });
    await database.query({ name: 'go', text: 'delete from done where id = $1', values: [id] });
    if ((id + 1) % ROUNDS === 0) sizes.push(await size());
  }
  const [first = 0, , last = 0] = sizes;
  expect(last).toBeLessThan(1.5 * first);
});

test('a statement is answered also where the upkeep after it fails, and the failure is told', async () => {
  await database.script(`
create table broken (id integer primary key);
create function refuse(integer) returns boolean language plpgsql immutable as $$ begin
  if (select count(*) from public.broken) > 100 then raise 'never'; end if;
  return true;
end $$;
create index broken_refused on broken (refuse(id));`);
  await database.query({ text: 'insert into broken select generate_series(1, 200)' });
  for (let count = 0; count < ROUNDS; count++)
    expect(await database.query({ name: 'ask', text: 'select 1 as number' })).toEqual([{ number: 1 }]);
  expect(failures.map(String)).toContainEqual(expect.stringContaining('never'));
});
