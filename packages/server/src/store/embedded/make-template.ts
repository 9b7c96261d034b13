import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { templateArchive, templateFolder } from './template.js';

/** Makes the cluster template once; a build that finds it does nothing. A step of `npm run build`. */
async function makeTemplate(): Promise<void> {
  const archive = templateArchive();
  const folder = templateFolder();
  if (existsSync(archive) && existsSync(folder)) return;
  mkdirSync(dirname(archive), { recursive: true });
  const unfinished = `${folder}.${process.pid}`;
  const database = await PGlite.create(unfinished);
  await database.exec('checkpoint');
  const bytes = Buffer.from(await (await database.dumpDataDir('none')).arrayBuffer());
  await database.close();
  // Each appears whole or not at all: a build that is cut off is simply done again.
  writeFileSync(`${archive}.${process.pid}`, bytes);
  renameSync(`${archive}.${process.pid}`, archive);
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
}

await makeTemplate();
