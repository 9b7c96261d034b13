import { describe, expect, test } from 'vitest';
import { checkImports } from './check-imports.mjs';
import { importsOf } from './source/scan.mjs';

const manifests = new Map([
  ['', { devDependencies: { vitest: '1' } }],
  ['core', { dependencies: { 'temporal-polyfill': '1' } }],
  ['sandbox', { dependencies: { ws: '1' }, devDependencies: { stripe: '1' } }],
  ['server', { dependencies: { stripe: '1', pg: '1', fastify: '1' } }],
]);
const check = (files) => checkImports(new Map(Object.entries(files)), manifests);

describe('a broken rule is told with its reason', () => {
  test.each([
    ['core waits for nothing', 'core/src/money/a.ts', 'export async function f() {}', 'core has no async'],
    ['core does not know the time', 'core/src/money/a.ts', 'const now = Date.now();', '`now` is an argument'],
    ['core knows no Node', 'core/src/money/a.ts', "import { readFile } from 'node:fs';", 'core may not import node:fs'],
    [
      'money knows no invoices',
      'core/src/money/a.ts',
      "import { b } from '../invoice/b.js';",
      'core/money may not import core/invoice',
    ],
    [
      'an action calls no Stripe',
      'server/src/actions/a.ts',
      "import Stripe from 'stripe';",
      'a door loads, decides and commits',
    ],
    [
      'a door calls no other door',
      'server/src/effects/a.ts',
      "import { b } from '../actions/b.js';",
      'never another door',
    ],
    [
      'a route starts no effect',
      'server/src/api/a.ts',
      "import { b } from '../effects/b.js';",
      'no Stripe call and no effect',
    ],
    [
      'the store calls no Stripe',
      'server/src/store/a.ts',
      "import type { b } from '../stripe/b.js';",
      'nothing leaves for Stripe',
    ],
    [
      'one file imports stripe',
      'server/src/stripe/a.ts',
      "import Stripe from 'stripe';",
      'only stripe/open-gateway.ts does',
    ],
    [
      'one file reads the clock',
      'server/src/api/a.ts',
      'const now = new Date();',
      'only clock.ts reads the real clock',
    ],
    [
      'a door does one thing at a time',
      'server/src/effects/a.ts',
      'await Promise.all([]);',
      'one operation outstanding',
    ],
    ['no drawers', 'server/src/store/utils.ts', 'export {};', 'a drawer without a label'],
    ['no new folder without a row', 'server/src/new/a.ts', "import { b } from '../clock.js';", 'has no row'],
    ['nothing undeclared', 'server/src/store/a.ts', "import x from 'left-pad';", 'does not name as a dependency'],
    [
      'the sandbox is a stranger',
      'sandbox/src/a.ts',
      "import { b } from '@tollbridge/core';",
      'imports nothing of ours',
    ],
    [
      'also in its tests',
      'sandbox/src/a.test.ts',
      "import { b } from '../../core/src/b.js';",
      'imports nothing of ours',
    ],
    [
      'the sandbox has no stripe inside',
      'sandbox/src/a.ts',
      "import Stripe from 'stripe';",
      'does not name as a dependency',
    ],
  ])('%s', (_promise, path, text, message) => {
    expect(check({ [`packages/${path}`]: text }).join('\n')).toContain(message);
  });
});

describe('what is allowed passes', () => {
  test.each([
    ['types of stripe in the sandbox', 'sandbox/src/a.ts', "import type Stripe from 'stripe';"],
    ['the gateway imports stripe', 'server/src/stripe/open-gateway.ts', "import Stripe from 'stripe';"],
    [
      'a comment and a string name what code may not',
      'core/src/money/a.ts',
      "// async Date.now()\nexport const text = 'async';",
    ],
    ['invoice stands on money', 'core/src/invoice/a.ts', "import { b } from '../money/b.js';"],
  ])('%s', (_promise, path, text) => {
    expect(check({ [`packages/${path}`]: text })).toEqual([]);
  });
});

test('a circle is found though its imports are types only', () => {
  const found = check({
    'packages/sandbox/src/a.ts': "import type { b } from './b.js';",
    'packages/sandbox/src/b.ts': "import type { a } from './a.js';",
  });
  expect(found).toHaveLength(1);
  expect(found[0]).toContain('a.ts → packages/sandbox/src/b.ts → packages/sandbox/src/a.ts');
});

test('imports are read from code of every shape, never from comments or strings', () => {
  const text = [
    "import a from './a.js'; // import x from './comment.js'",
    'import {',
    '  type B,',
    '  b,',
    "} from './b.js';",
    "import { type C } from './c.js';",
    "export * from './d.js';",
    "import './e.js';",
    "const f = await import('./f.js');",
    'const text = "import g from \'./g.js\'";',
    'const h = `import h from "./h.js"`;',
    "const quote = /'/; export type { I } from './i.js';",
  ].join('\n');
  const found = importsOf(text).map(({ target, isType, line }) => [target, isType, line]);
  expect(found).toEqual([
    ['./a.js', false, 1],
    ['./b.js', false, 2],
    ['./c.js', true, 6],
    ['./d.js', false, 7],
    ['./e.js', false, 8],
    ['./f.js', false, 9],
    ['./i.js', true, 12],
  ]);
});
