import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('./', import.meta.url);
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => ({ name, text: readFileSync(new URL(name, root), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '') }));

// The compiler knows no Node and no browser here; what is left of the outside world belongs to the language itself.
test.each([
  // `new Date(instant)` reads no clock; whatever else has to do with it may.
  ['the clock', /(?<!\bnew )\bDate\b|\bnew Date\b(?!\()|\bnew Date\(\s*\)|Temporal\.Now|\bperformance\b/],
  ['chance', /Math\.random|\bcrypto\b/],
  ['waiting', /\basync\b|\bawait\b|\bPromise\b/],
  ['the surroundings', /\bglobalThis\b|\bimport\(/],
  ['floating-point amounts', /\bparseFloat\b|\.toFixed\(/],
])('core never reaches for %s', (_name, pattern) => {
  expect(sources.filter(({ text }) => pattern.test(text)).map(({ name }) => name)).toEqual([]);
});

test('core imports nothing but itself, and the calendar only where time is kept', () => {
  const outside = sources.flatMap(({ name, text }) =>
    [...text.matchAll(/from '([^']+)'/g)]
      .map(([, path = '']) => path)
      .filter((path) => !path.startsWith('.') && !(path === 'temporal-polyfill' && name.startsWith('time/')))
      .map((path) => `${name}: ${path}`),
  );
  expect(outside).toEqual([]);
});

test('everything that core has is exported by its index', () => {
  const index = sources.find(({ name }) => name === 'index.ts')?.text ?? '';
  const missing = sources
    .map(({ name }) => `./${name.replace(/\.ts$/, '.js')}`)
    .filter((path) => path !== './index.js' && !index.includes(`'${path}'`));
  expect(missing).toEqual([]);
});
