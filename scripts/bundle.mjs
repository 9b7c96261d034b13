// A step of the build: what starts often, the server and the sandbox, as a few files each in
// `dist/program/`, instead of the thousand modules they are written in. Loading those one by one was a quarter of a start
// (docs/benchmarks.md). Does nothing when nothing it is made of has changed.
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from './source/files.mjs';

const PROGRAMS = ['server', 'sandbox'];
/** These stay packages: they find files beside their own code, or are loaded only when they are needed. */
const EXTERNAL = [/^node:/, /^@electric-sql\//, /^@fastify\/swagger-ui$/, /^stripe$/, /^pg$/];

const changedAt = Math.max(
  ...['package-lock.json', 'scripts/bundle.mjs'].map((file) => statSync(join(root, file)).mtimeMs),
  ...['core', 'sandbox', 'server'].flatMap((name) => timesIn(join(root, 'packages', name, 'dist'))),
);
for (const name of PROGRAMS) {
  const dist = join(root, 'packages', name, 'dist');
  const made = join(dist, 'program', 'main.js');
  if (existsSync(made) && statSync(made).mtimeMs > changedAt) continue;
  const bundle = await rolldown({ input: join(dist, 'main.js'), platform: 'node', external: EXTERNAL });
  // It appears whole or not at all: a build that is cut off is simply done again.
  const unfinished = join(dist, `unfinished.${process.pid}`);
  await bundle.write({ dir: unfinished, format: 'esm', cleanDir: true });
  await bundle.close();
  rmSync(join(dist, 'program'), { recursive: true, force: true });
  renameSync(unfinished, join(dist, 'program'));
}

function timesIn(dist) {
  return readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith('.js') && !/(program|unfinished\.\d+)$/.test(entry.parentPath))
    .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs);
}
