// `npm run check`: everything that can be said about the code without running it. All steps run; any failure fails.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isMainModule, root } from './source/files.mjs';

const STEP_MINUTES_MAX = 5;
const COMPILER = 'node_modules/typescript/bin/tsc';

/** Each step is a Node program; one with `needs` runs when that file is there, since what it checks comes with it. */
export const STEPS = [
  { name: 'types', program: [COMPILER, '-b'] },
  { name: 'types of tests', program: [COMPILER, '-p', 'tsconfig.tests.json'] },
  {
    name: 'lint and format',
    program: [
      'node_modules/@biomejs/biome/bin/biome',
      'check',
      '--error-on-warnings',
      '--diagnostic-level=warn',
      '--max-diagnostics=200',
    ],
  },
  { name: 'imports', program: ['scripts/check-imports.mjs'] },
  { name: 'tidy', program: ['scripts/tidy.mjs'] },
  { name: 'behaviours', program: ['scripts/check-behaviours.mjs'] },
  {
    name: 'openapi.json is what the code says',
    program: ['packages/server/dist/api/make-openapi.js', '--check'],
    needs: 'packages/server/src/api/make-openapi.ts',
  },
  {
    name: 'SDK types are what openapi.json says',
    program: ['packages/sdk/scripts/generate.mjs', '--check'],
  },
  {
    name: 'state diagrams are what the tables say',
    program: ['scripts/make-state-diagrams.mjs', '--check'],
    needs: 'scripts/make-state-diagrams.mjs',
  },
];

/** Runs every step in order, prints each with its time, gives `{ passed, failed }`. */
export function runChecks() {
  const failed = [];
  const steps = STEPS.filter((step) => step.needs === undefined || existsSync(`${root}/${step.needs}`));
  for (const step of steps) if (!runStep(step)) failed.push(step.name);
  for (const name of failed) console.error(`failed: ${name}`);
  return { passed: steps.length - failed.length, failed: failed.length };
}

function runStep({ name, program }) {
  const started = performance.now();
  const { status } = spawnSync(process.execPath, program, {
    cwd: root,
    stdio: 'inherit',
    timeout: STEP_MINUTES_MAX * 60_000,
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  return status === 0;
}

if (isMainModule(import.meta.url)) {
  const { passed, failed } = runChecks();
  console.log(`check: ${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
