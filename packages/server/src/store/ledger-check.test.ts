import { testDatabase } from '@tollbridge/simulation';
import { expect, test } from 'vitest';
import { counted } from '../../test/ground.js';
import { checkLedger } from './ledger-check.js';

test('the check of one environment reads no table whole, also by the plan that suits all environments', async () => {
  const database = await testDatabase('embedded');
  const watched = counted(database);
  await checkLedger(watched.database, 'env_1');
  const text = watched.statements[0]?.text ?? '';
  // Tables of a test are so small that reading them whole is cheap; what is asked is whether it could be avoided.
  await database.script(`
set plan_cache_mode = force_generic_plan;
set enable_seqscan = off;
prepare looked_at (text) as ${text}`);
  const rows = await database.query({ text: `explain execute looked_at('env_1')` });
  await database.script('reset plan_cache_mode; reset enable_seqscan; deallocate looked_at');
  const plan = rows.map((row) => String(row['QUERY PLAN']));
  expect(plan.filter((line) => line.includes('Seq Scan'))).toEqual([]);
});
