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
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
