import { expect, test } from 'vitest';
import { checkTidy } from './tidy.mjs';

const check = (files, exists = () => true) => checkTidy(new Map(Object.entries(files)), exists).join('\n');
const joined = (...pieces) => pieces.join('');

test.each([
  ['a file holds one idea', 'scripts/a.mjs', '\n'.repeat(401), 'more than one idea'],
  ['every test runs', 'packages/core/test/a.test.ts', joined('test.', "skip('x', () => {});"), 'protects nothing'],
  ['the linter is not silenced', 'scripts/a.mjs', joined('// biome', '-ignore lint: no'), 'changed for all'],
  ['the compiler is not silenced', 'scripts/a.mjs', joined('// @ts-', 'ignore'), 'answered'],
  ['the compiler is not switched off', 'scripts/a.mjs', 'const a = b as any;', 'any switches'],
  ['work left is an issue', 'scripts/a.mjs', joined('// TO', 'DO: later'), 'an issue'],
  ['no path of one machine', 'docs/a.md', joined('see /ho', 'me/me/file'), 'one machine'],
  ['SQL stands in the store', 'packages/server/src/api/a.ts', "const q = 'select id from invoices';", 'SQL stands in'],
  ['names are kebab-case', 'packages/core/src/MyFile.ts', '', 'not kebab-case'],
  ['the lockfile names no registry', 'package-lock.json', '"resolved": "https://x.test/a.tgz"', 'names no registry'],
  ['migrations have no gap', 'packages/server/src/store/migrations/0002-b.sql', '-- why', 'would be 0001'],
  ['a migration says why', 'packages/server/src/store/migrations/0001-b.sql', 'create table a ();', 'says why'],
  ['a mentioned decision exists', 'scripts-x/a.ts', '// docs/decisions/0099', 'does not exist'],
])('%s', (_promise, path, text, message) => {
  expect(check({ [path]: text })).toContain(message);
});

test('a link in a book leads somewhere', () => {
  expect(check({ 'docs/a.md': '[b](b.md)' }, () => false)).toContain('leads nowhere');
  expect(check({ 'docs/a.md': '[b](https://example.com) `[c](c.md)`' }, () => false)).toBe('');
});

test('what a book tells a newcomer to type is there', () => {
  const manifest = JSON.stringify({ scripts: { demo: 'node demo.js' } });
  expect(check({ 'package.json': manifest, 'docs/a.md': 'npm run demo, npm run story' })).toContain('npm run story');
  expect(check({ 'package.json': manifest, 'docs/a.md': 'npm run demo' })).toBe('');
});

test('a folder with more than three files says what it owns, in at most forty lines', () => {
  const folder = 'packages/core/src/money';
  const files = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`${folder}/${name}.ts`, '']));
  expect(check(files)).toContain('no README');
  expect(check({ ...files, [`${folder}/README.md`]: 'Owns money.' })).toBe('');
  expect(check({ ...files, [`${folder}/README.md`]: 'line\n'.repeat(41) })).toContain('at most 40 lines');
});
