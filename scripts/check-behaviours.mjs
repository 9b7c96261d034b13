// Every behaviour that is built is found by its id in the title of a test, and every id in a title is one that is built.
// Run by `npm run check`.
import { BUILT_BEHAVIOURS } from './source/built-behaviours.mjs';
import { isMainModule, isTest, listFiles, read } from './source/files.mjs';
import { scan } from './source/scan.mjs';

/** The ids at the beginning of a string that is the first argument of a call, as titles are: `test('CUS-5, CUS-7: …'`. */
const TITLE = /\(\s*['"`]([A-Z]+-\d+(?:, [A-Z]+-\d+)*): \S/g;

/** Checks test files, `path → text`, against the ids that are built; gives one sentence per broken rule. */
export function checkBehaviours(files, built) {
  const carried = new Map();
  for (const [path, text] of files) for (const id of idsIn(text)) if (!carried.has(id)) carried.set(id, path);
  return [
    ...[...built]
      .filter((id) => !carried.has(id))
      .map((id) => `${id} is said to be built, and no test carries it in its title: nobody finds what protects it`),
    ...[...carried]
      .filter(([id]) => !built.includes(id))
      .map(([id, path]) => `${path}: ${id} stands in a title and not in scripts/source/built-behaviours.mjs`),
  ];
}

/** Of code only: a comment that looks like a test protects nothing. */
const idsIn = (text) => [...scan(text).code.matchAll(TITLE)].flatMap(([, ids]) => ids.split(', '));

if (isMainModule(import.meta.url)) {
  const paths = listFiles('packages').filter((path) => isTest(path));
  const files = new Map(paths.map((path) => [path, read(path)]));
  const problems = checkBehaviours(files, [...BUILT_BEHAVIOURS.keys()]);
  for (const problem of problems) console.error(problem);
  console.log(`behaviours: ${BUILT_BEHAVIOURS.size} built, ${problems.length} broken rules`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
