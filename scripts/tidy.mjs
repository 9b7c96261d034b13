// The tidy test: what a machine can check is not discussed in review. Run by `npm run check`.
import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { isCode, isGenerated, isMainModule, isTest, listFiles, read, root } from './source/files.mjs';
import { linesMatching, scan } from './source/scan.mjs';

const FILE_LINES_MAX = 400;
const README_LINES_MAX = 40;
const FILES_WITHOUT_README_MAX = 3;

/** Folders that need no README though they hold more than three files: `path → reason`. */
const FOLDERS_WITHOUT_README = new Map([]);

// Patterns are put together from pieces, so that this file does not break its own rules.
const text = (...pieces) => new RegExp(pieces.join(''));
const TEXT_RULES = [
  { pattern: text('biome', '-ignore'), reason: 'a rule that is wrong is changed for all, not silenced for one line' },
  { pattern: text('@ts-', '(ignore|expect-error|nocheck)'), reason: 'the compiler is answered, not silenced' },
  {
    pattern: text('\\b(TO', 'DO|FIX', 'ME|XX', 'X)\\b'),
    reason: 'work that is left is an issue, not a note in the code',
  },
  {
    pattern: text('(?<![\\w.$}/-])/(wo', 'rk|ro', 'ot|ho', 'me)/[\\w.-]+'),
    reason: 'a path of one machine means nothing on another',
  },
];
const ANY = /\bas any\b|:\s*any\b(?!\s*\()|<any>/;
const UNRUN_TEST = /\b(?:test|it|describe|suite|bench)(?:\.\w+)*\.(?:only|skip|todo|skipIf|runIf|fails)\b/;
const SQL =
  /^\s*(with\s+(recursive\s+)?\w+\s*(\([^)]*\)\s*)?as\s*(materialized\s*)?\(|select\s[\s\S]*\sfrom\s+[a-z_]|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|(create|alter|drop)\s+(table|index|unique|view|type)\s|truncate\s+\w)/i;
const NAME = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
const BOOKS = /^(README|ARCHITECTURE|CONTRIBUTING|STYLE|SECURITY|CHANGELOG)\.md$|^LICENSE$/;
const READ_AS_TEXT =
  /\.(ts|tsx|mjs|js|json|md|sql|html|css|yaml|yml|sh)$|(^|\/)(run|\.gitignore|\.npmrc|\.editorconfig)$/;

/** Checks files, `path → text`; gives one sentence per broken rule. `exists` answers for a path from the root. */
export function checkTidy(files, exists) {
  const problems = [];
  for (const [path, content] of files) {
    problems.push(...nameProblems(path));
    if (path === 'package-lock.json') problems.push(...lockfileProblems(path, content));
    if (isGenerated(path)) continue;
    problems.push(...textProblems(path, content));
    if (isCode(path)) problems.push(...codeProblems(path, content), ...mentionProblems(path, content, files));
    if (path.endsWith('.md')) problems.push(...linkProblems(path, content, exists));
    if (/\.test\.\w+$/.test(path)) problems.push(...testPlaceProblems(path, files));
  }
  return [...problems, ...readmeProblems(files), ...migrationProblems(files), ...commandProblems(files)];
}

const at = (path, lines, reason) => lines.map((line) => `${path}:${line}: ${reason}`);

function textProblems(path, content) {
  const lines = content.split('\n').length;
  const problems = TEXT_RULES.flatMap((rule) => at(path, linesMatching(content, rule.pattern), rule.reason));
  if (isCode(path) && lines > FILE_LINES_MAX)
    problems.push(`${path}: ${lines} lines; a file with more than ${FILE_LINES_MAX} holds more than one idea`);
  return problems;
}

function codeProblems(path, content) {
  const { bare, strings } = scan(content);
  const problems = at(path, linesMatching(bare, ANY), 'any switches the compiler off: use unknown and look');
  if (isTest(path))
    problems.push(...at(path, linesMatching(bare, UNRUN_TEST), 'a test that does not run protects nothing'));
  const mayHoldSql =
    /^packages\/(server\/(src\/(store|jobs)|test)|simulation\/src)\//.test(path) || !path.startsWith('packages/');
  if (!mayHoldSql && !isTest(path))
    for (const string of strings)
      if (SQL.test(string.text))
        problems.push(
          `${path}:${string.line}: SQL stands in server/src/store and jobs only, one function per question`,
        );
  return problems;
}

/** Code and its comments name documents by path, such as docs/decisions/0004: each must be there. */
function mentionProblems(path, content, files) {
  const paths = [...files.keys()];
  return [...content.matchAll(/(?<![\w/.])docs\/[\w/.-]*\w/g)]
    .filter(([mention]) => !path.startsWith('scripts/') && !paths.some((each) => each.startsWith(mention)))
    .map(([mention]) => `${path} mentions ${mention}, which does not exist`);
}

function nameProblems(path) {
  const parts = path.split('/');
  const wrong = parts.filter((part, index) => {
    if (index === 0 && (BOOKS.test(part) || part.startsWith('.'))) return false;
    if (part === 'README.md') return false;
    return !NAME.test(part);
  });
  return wrong.map((part) => `${path}: "${part}" is not kebab-case`);
}

function testPlaceProblems(path, files) {
  if (/^packages\/[^/]+\/test\//.test(path)) return [];
  const folder = posix.dirname(path);
  const beside = [...files.keys()].some((each) => posix.dirname(each) === folder && isCode(each) && !isTest(each));
  return beside ? [] : [`${path}: a unit test stands beside the file it tests; stories stand in test/`];
}

function readmeProblems(files) {
  const counts = new Map();
  for (const path of files.keys()) {
    if (!/^packages\/[^/]+\/src\//.test(path) || isTest(path) || !isCode(path)) continue;
    const folder = posix.dirname(path);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  const problems = [];
  for (const [folder, count] of counts) {
    if (count <= FILES_WITHOUT_README_MAX || FOLDERS_WITHOUT_README.has(folder)) continue;
    // A package's own README, one floor up, speaks for the files that lie directly in its src.
    const places = [`${folder}/README.md`, ...(folder.endsWith('/src') ? [`${posix.dirname(folder)}/README.md`] : [])];
    if (!places.some((place) => files.has(place)))
      problems.push(
        `${folder}: ${count} files and no README: say what it owns, what it does not, and what always holds`,
      );
  }
  for (const [path, content] of files)
    if (/^packages\/[^/]+\/src\/.*README\.md$/.test(path) && content.trimEnd().split('\n').length > README_LINES_MAX)
      problems.push(`${path}: a folder's README has at most ${README_LINES_MAX} lines`);
  return problems;
}

/** Relative links of the books resolve, their anchors too. */
function linkProblems(path, content, exists) {
  const problems = [];
  for (const [, target] of withoutCode(content).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [file, anchor] = target.split('#');
    const place = file === '' ? path : posix.join(posix.dirname(path), file);
    if (!exists(place)) problems.push(`${path}: the link ${target} leads nowhere`);
    else if (anchor && place.endsWith('.md') && !headings(place === path ? content : read(place)).has(anchor))
      problems.push(`${path}: ${target} has no such heading`);
  }
  return problems;
}

const withoutCode = (content) => content.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');

function headings(content) {
  const titles = [...content.matchAll(/^#{1,6}\s+(.*)$/gm)].map(([, title]) => title);
  return new Set(
    titles.map((title) =>
      title
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .trim()
        .replace(/ /g, '-'),
    ),
  );
}

/** A newcomer types what the books say: each `npm run NAME` in them is a script of the root or of the book's own package. */
function commandProblems(files) {
  const scriptsOf = (path) => Object.keys(JSON.parse(files.get(path) ?? '{}').scripts ?? {});
  return [...files]
    .filter(([path]) => path.endsWith('.md'))
    .flatMap(([path, content]) => {
      const [, own] = path.match(/^(packages\/[^/]+)\//) ?? [];
      const known = new Set([
        ...scriptsOf('package.json'),
        ...(own === undefined ? [] : scriptsOf(`${own}/package.json`)),
      ]);
      return [...content.matchAll(/npm run ([a-z][\w:-]*)/g)]
        .filter(([, name]) => !known.has(name))
        .map(([, name]) => `${path} says "npm run ${name}", which package.json does not know`);
    });
}

function lockfileProblems(path, content) {
  return at(
    path,
    linesMatching(content, /"resolved":\s*"[a-z+]+:/),
    'the lockfile names no registry: npm ci asks whichever is set',
  );
}

function migrationProblems(files) {
  const migrations = [...files.keys()].filter((path) => /\/migrations\/[^/]+\.sql$/.test(path)).sort();
  return migrations.flatMap((path, index) => {
    const number = String(index + 1).padStart(4, '0');
    const problems = [];
    if (!posix.basename(path).startsWith(`${number}-`))
      problems.push(`${path}: migrations are numbered without gaps; this one would be ${number}`);
    if (!files.get(path).startsWith('-- '))
      problems.push(`${path}: the first line of a migration says why it is there`);
    return problems;
  });
}

export function loadAllFiles() {
  const paths = listFiles().filter((path) => READ_AS_TEXT.test(path) || BOOKS.test(path));
  return new Map(paths.filter((path) => !path.endsWith('.d.ts')).map((path) => [path, read(path)]));
}

if (isMainModule(import.meta.url)) {
  const files = loadAllFiles();
  const problems = checkTidy(files, (path) => existsSync(`${root}/${path}`));
  for (const problem of problems) console.error(problem);
  console.log(`tidy: ${files.size} files, ${problems.length} broken rules`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
