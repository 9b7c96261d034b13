import { writeSync } from 'node:fs';
import { openEmbedded } from '@tollbridge/server/store/embedded/open';

// Writes rows into the embedded database of a folder, one commit each, and says each number once its commit has returned.
const [, , folder = ''] = process.argv;
const ROWS_MAX = 1_000_000;

const database = await openEmbedded(folder);
await database.script('create table if not exists acknowledged (n integer primary key, padding text)');
const [row] = await database.query({ text: 'select coalesce(max(n), 0) as last from acknowledged' });
const last = Number(row?.last ?? 0);
writeSync(1, 'ready\n');
for (let n = last + 1; n < last + ROWS_MAX; n++) {
  const values = [n, 'x'.repeat(n % 500)];
  await database.query({ text: 'insert into acknowledged (n, padding) values ($1, $2)', values });
  writeSync(1, `${n}\n`);
}
