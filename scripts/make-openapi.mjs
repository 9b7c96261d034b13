// `npm run openapi`: writes openapi.json from the routes, and the SDK from openapi.json.
import { spawnSync } from 'node:child_process';
import { isMainModule, root } from './source/files.mjs';

const COMPILER = 'node_modules/typescript/bin/tsc';

const STEPS = [
  // The demo is compiled with the SDK that is about to be made: what it misses now must not stand in the way.
  { program: [COMPILER, '-b'], mayFail: true },
  { program: ['packages/server/dist/api/make-openapi.js'] },
  { program: ['packages/sdk/scripts/generate.mjs'] },
  { program: [COMPILER, '-b'] },
];

function main() {
  for (const { program, mayFail = false } of STEPS) {
    const { status } = spawnSync(process.execPath, program, { cwd: root, stdio: mayFail ? 'ignore' : 'inherit' });
    if (status !== 0 && !mayFail) {
      process.exitCode = 1;
      return;
    }
  }
}

if (isMainModule(import.meta.url)) main();
