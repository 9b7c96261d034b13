import { expect, it } from 'vitest';
import { isForeign } from './foreign-origin.js';

const host = '127.0.0.1:4410';

it.each([
  ['a program says nothing', {}, false],
  ['a page of the sandbox', { 'sec-fetch-site': 'same-origin' }, false],
  ['an address somebody typed', { 'sec-fetch-site': 'none' }, false],
  ['another site', { 'sec-fetch-site': 'cross-site' }, true],
  ['another port of this machine', { 'sec-fetch-site': 'same-site' }, true],
  ['an older browser on a page of the sandbox', { origin: 'http://127.0.0.1:4410' }, false],
  ['an older browser elsewhere', { origin: 'https://shop.example' }, true],
  ['an older browser on another port', { origin: 'http://127.0.0.1:4411' }, true],
  ['a page that hides where it is from', { origin: 'null' }, true],
])('who posts a form: %s', (_who, headers, foreign) => {
  expect(isForeign({ host, ...headers })).toBe(foreign);
});
