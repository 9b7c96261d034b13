// Applies the table of scripts/source/layers.mjs and a few rules about what code may do where. Run by `npm run check`.
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { isCode, isMainModule, isTest, listFiles, read } from './source/files.mjs';
import { CORE_FLOORS, CORE_FLOORS_REASON, FORBIDDEN_NAMES, LAYERS, WIRING_FILES } from './source/layers.mjs';
import { importsOf, linesMatching, scan } from './source/scan.mjs';

const BUILTINS = new Set(builtinModules);

/** Checks a set of files, `path → text`; gives one sentence per broken rule, with its reason. */
export function checkImports(files, manifests) {
  const problems = [];
  const graph = new Map();
  for (const [path, text] of files) {
    problems.push(...nameProblems(path));
    const imports = importsOf(text).map((each) => ({ ...each, file: resolveImport(path, each.target, files) }));
    graph.set(path, imports);
    for (const each of imports) problems.push(...importProblems(path, each, manifests));
    if (!isTest(path)) problems.push(...codeProblems(path, text));
  }
  return [...problems, ...cycleProblems(graph)];
}

/** `packages/server/src/store/commit.ts` → `server/store`; null for files outside the packages. */
export function areaOf(path) {
  const [, name, part, ...rest] = path.split('/');
  if (!path.startsWith('packages/') || part === undefined) return null;
  if (name !== 'server') return name;
  if (part !== 'src') return 'server/test';
  if (rest.length > 1) return `server/${rest[0]}`;
  return WIRING_FILES.has(rest[0].replace(/\.\w+$/, '')) ? 'server/wiring' : 'server/ground';
}

function resolveImport(from, target, files) {
  const workspace = target.match(/^@tollbridge\/([^/]+)(?:\/(.+))?$/);
  if (workspace) return `packages/${workspace[1]}/src/${workspace[2] ?? 'index'}.ts`;
  if (!target.startsWith('.')) return null;
  const path = posix.join(posix.dirname(from), target);
  const candidates = [path, path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx')];
  return candidates.find((candidate) => files.has(candidate)) ?? path;
}

function importProblems(path, each, manifests) {
  const place = `${path}:${each.line}`;
  const from = areaOf(path);
  if (from === null) return [];
  const target = each.file === null ? null : areaOf(each.file);
  if (from === 'sandbox' && target !== null && target !== 'sandbox')
    return [
      `${place} imports ${each.target}: the sandbox imports nothing of ours, in tests neither, since ${reasonOf('sandbox')}`,
    ];
  if (each.file === null) {
    const undeclared = undeclaredProblem(place, path, each, manifests);
    if (undeclared !== null) return [undeclared];
  }
  if (isTest(path) || from === 'server/test') return [];
  const layer = LAYERS.find((candidate) => candidate.from === from);
  if (layer === undefined)
    return [`${place}: the folder ${from} has no row in scripts/source/layers.mjs: say who it may import, and why`];
  if (each.file === null) return packageProblems(place, path, each, layer);
  if (from === 'core') return coreProblems(place, path, each);
  if (allows(layer.own, target, each.isType)) return [];
  return [`${place}: ${from} may not import ${target} (${each.target}): ${layer.reason}`];
}

const reasonOf = (area) => LAYERS.find((layer) => layer.from === area).reason;

function allows(allowed, name, isType) {
  return allowed.some((entry) => {
    const typesOnly = entry.endsWith(' (types)');
    const pattern = typesOnly ? entry.slice(0, -' (types)'.length) : entry;
    if (typesOnly && !isType) return false;
    return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
  });
}

function packageProblems(place, path, each, layer) {
  const name = packageName(each.target);
  if (
    path.startsWith('packages/server/src/stripe/') &&
    name === 'stripe' &&
    !each.isType &&
    !path.endsWith('/open-gateway.ts')
  )
    return [
      `${place} imports the stripe package: only stripe/open-gateway.ts does, so that every call to Stripe leaves by one door`,
    ];
  if (allows(layer.packages, name, each.isType)) return [];
  return [`${place}: ${layer.from} may not import ${each.target}: ${layer.reason}`];
}

function packageName(target) {
  if (target.startsWith('node:') || BUILTINS.has(target)) return target.startsWith('node:') ? target : `node:${target}`;
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}

function undeclaredProblem(place, path, each, manifests) {
  const name = packageName(each.target);
  if (name.startsWith('node:')) return null;
  const own = manifests.get(path.split('/')[1]) ?? {};
  const shipped = { ...own.dependencies, ...own.peerDependencies };
  const known = { ...shipped, ...own.devDependencies, ...manifests.get('')?.devDependencies };
  if (name in shipped || (name in known && (each.isType || isTest(path) || isBuildTool(path)))) return null;
  return `${place} imports ${name}, which its package.json does not name as a dependency: a fresh install need not have it`;
}

/** Programs of the workshop, run when the product is made and never by it. */
const isBuildTool = (path) =>
  /\/make-[^/]+\.ts$|^packages\/sandbox\/src\/contract\/(contract-types|sdk-outline)\.ts$/.test(path);

function coreProblems(place, path, each) {
  const floor = (file) => {
    const folder = file.split('/').length > 4 ? file.split('/')[3] : null;
    return { folder, level: CORE_FLOORS.findIndex((folders) => folders.includes(folder)) };
  };
  const from = floor(path);
  const to = floor(each.file);
  if (areaOf(each.file) !== 'core') return [`${place}: core may not import ${each.target}: ${reasonOf('core')}`];
  if (path === 'packages/core/src/index.ts') return [];
  if (from.folder !== null && from.level === -1)
    return [
      `${place}: the folder core/${from.folder} has no floor in scripts/source/layers.mjs: say which it stands on`,
    ];
  if (to.folder === null) {
    const upward = from.folder === null || !each.file.endsWith('/index.ts');
    return upward ? [] : [`${place} imports core's index: import the file itself, or the whole of core is one circle`];
  }
  if (from.folder === null || from.folder === to.folder || to.level < from.level)
    return from.folder === null
      ? [`${place}: a file at core's root may not import core/${to.folder}: ${CORE_FLOORS_REASON}`]
      : [];
  return [`${place}: core/${from.folder} may not import core/${to.folder}: ${CORE_FLOORS_REASON}`];
}

function nameProblems(path) {
  const bad = path
    .split('/')
    .slice(2)
    .filter((part) => FORBIDDEN_NAMES.has(part.replace(/\.\w+$/, '')));
  return bad.map((part) => `${path}: "${part}" is a drawer without a label: name the file for the idea in it`);
}

const SERVER_DOORS = /^packages\/server\/src\/(actions|effects|stripe-events|schedules)\//;
const CLOCK = /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b|\bprocess\.hrtime\b/;
const TIMER = /(?<![.\w])set(Timeout|Interval|Immediate)\s*\(/;

/** What code may not do, where, and why. `bare` patterns: comments and strings do not count. */
const CODE_RULES = [
  {
    where: /^packages\/core\/src\//,
    pattern: /\basync\b|\bawait\b/,
    reason: 'core has no async: a decision never waits',
  },
  { where: /^packages\/core\/src\//, pattern: CLOCK, reason: 'core is told the time: `now` is an argument' },
  {
    where: /^packages\/core\/src\//,
    pattern: /\bMath\.random\b|\bprocess\b(?!\s*:)|\bglobalThis\b|\bcrypto\./,
    reason: 'core has no randomness and no Node',
  },
  {
    where: /^packages\/server\/src\/(?!clock\.ts|demo\/)/,
    pattern: CLOCK,
    reason: 'only clock.ts reads the real clock, so that the simulation and time travel can move it',
  },
  {
    where: /^packages\/server\/src\/(?!clock\.ts|main\.ts|start\.ts|startup\/|demo\/|http\/|store\/postgres\.ts)/,
    pattern: TIMER,
    reason: 'only clock.ts sets timers (`clock.after`), so that the simulation decides when they ring',
  },
  {
    where: /^packages\/server\/src\/(?!main\.ts|demo\/|.*\/make-)/,
    pattern: /\bMath\.random\b/,
    reason: 'randomness comes from Context, so that a seed gives the same run again',
  },
  {
    where: SERVER_DOORS,
    pattern: /\bPromise\.(all|allSettled|race|any)\b/,
    reason: 'a door has one operation outstanding at a time, so that the simulation can choose who goes on',
  },
  {
    where: /^packages\/sandbox\/src\/(?!server\.ts|main\.ts|clock\.ts)/,
    pattern: /\bMath\.random\b|\bDate\.now\b|\bnew Date\(\s*\)/,
    reason: 'the engine of the sandbox is given its clock and its randomness, so that a seed gives the same run again',
  },
];

function codeProblems(path, text) {
  const rules = CODE_RULES.filter((rule) => rule.where.test(path));
  if (rules.length === 0) return [];
  const { bare } = scan(text);
  return rules.flatMap((rule) => linesMatching(bare, rule.pattern).map((line) => `${path}:${line}: ${rule.reason}`));
}

/** Circles, type imports counted: each is told once, by its shortest way. */
function cycleProblems(graph) {
  const done = new Set();
  const problems = [];
  const visit = (path, way) => {
    const seenAt = way.indexOf(path);
    if (seenAt !== -1) {
      problems.push(
        `a circle of imports: ${[...way.slice(seenAt), path].join(' → ')}: neither can be read or tested alone`,
      );
      return;
    }
    if (done.has(path)) return;
    for (const { file } of graph.get(path) ?? []) if (file !== null && graph.has(file)) visit(file, [...way, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return problems;
}

function loadManifests() {
  const manifests = new Map([['', JSON.parse(read('package.json'))]]);
  for (const path of listFiles('packages'))
    if (/^packages\/[^/]+\/package\.json$/.test(path)) manifests.set(path.split('/')[1], JSON.parse(read(path)));
  return manifests;
}

/** Every file of code in the packages, with its text. */
export function loadFiles() {
  const paths = listFiles('packages').filter((path) => isCode(path) && /^packages\/[^/]+\/(src|test)\//.test(path));
  return new Map(paths.map((path) => [path, read(path)]));
}

if (isMainModule(import.meta.url)) {
  const files = loadFiles();
  const problems = checkImports(files, loadManifests());
  for (const problem of problems) console.error(problem);
  console.log(`imports: ${files.size} files, ${problems.length} broken rules`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
