import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository, wherever the checkout lies. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const FOREIGN_FOLDERS = new Set(['node_modules', 'dist', 'dist-test', 'build', 'coverage', '.git']);
const FOREIGN_AT_ROOT = new Set(['data']);

/** All files below a folder of the repository, as sorted paths from its root with forward slashes. */
export function listFiles(folder = '') {
  const found = [];
  const walk = (current) => {
    for (const entry of readdirSync(join(root, current), { withFileTypes: true })) {
      const path = current === '' ? entry.name : `${current}/${entry.name}`;
      if (entry.isDirectory()) {
        if (FOREIGN_FOLDERS.has(entry.name) || FOREIGN_AT_ROOT.has(path)) continue;
        walk(path);
      } else if (entry.isFile()) found.push(path);
    }
  };
  walk(folder);
  return found.sort();
}

export const read = (path) => readFileSync(join(root, path), 'utf8');

/** Files nobody writes by hand: rules about style do not apply to them. */
export const isGenerated = (path) =>
  /\.generated\.(ts|md|json)$/.test(path) ||
  path.endsWith('/contract.json') ||
  path.endsWith('/contract/since.json') ||
  path === 'openapi.json' ||
  path === 'package-lock.json';

/** Tests, and what only tests stand on: it is never part of what is shipped or run. */
export const isTest = (path) => /\.test\.(ts|mjs)$/.test(path) || /^packages\/[^/]+\/(test|src\/testing)\//.test(path);

export const isCode = (path) => /\.(ts|tsx|mjs)$/.test(path) && !path.endsWith('.d.ts');

/** Whether a module is the program that Node was asked to run, and not a part of another. */
export const isMainModule = (url) =>
  process.argv[1] !== undefined && realpathSync(process.argv[1]) === realpathSync(fileURLToPath(url));
