// `npm run build`: compiles the packages, then makes what the product needs beside its code.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { root } from './source/files.mjs';

const PROGRAMS = [
  { program: ['node_modules/typescript/bin/tsc', '-b'] },
  { program: ['scripts/bundle.mjs'] },
  // The embedded database starts from a template: creating a cluster takes seconds, copying one does not.
  {
    program: ['packages/server/dist/store/embedded/make-template.js'],
    needs: 'packages/server/src/store/embedded/make-template.ts',
  },
];

for (const { program, needs } of PROGRAMS) {
  if (needs !== undefined && !existsSync(`${root}/${needs}`)) continue;
  const { status } = spawnSync(process.execPath, program, { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    console.error(`the build stopped at ${program[0]}`);
    process.exit(1);
  }
}
