import { defineConfig } from 'vitest/config';

// Workspace packages resolve to their sources, so that a test never runs against a stale build.
// Only our own condition is named: naming `import` too would reach Node's `require` and break CommonJS packages.
const conditions = ['source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'scripts/**/*.test.mjs'],
    pool: 'forks',
    maxWorkers: 2,
    // One registry of modules and one database a process for all its files: 36 s instead of 119 for the HTTP tests. A file
    // that changes what modules hold sets it anew, as every world does.
    isolate: false,
    // A bound for what hangs, not a promise: beside others on two cores, starting a database takes half a minute at worst.
    testTimeout: 90_000,
    hookTimeout: 90_000,
  },
});
