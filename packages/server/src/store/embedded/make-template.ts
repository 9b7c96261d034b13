import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { templatePath } from './template.js';

/** Makes the cluster template once; a build that finds it does nothing. A step of `npm run build`. */
async function makeTemplate(): Promise<void> {
  const path = templatePath();
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true });
  const database = await PGlite.create();
  await database.exec('checkpoint');
  const archive = await database.dumpDataDir('none');
  await database.close();
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, Buffer.from(await archive.arrayBuffer()));
  renameSync(unfinished, path);
}

await makeTemplate();
