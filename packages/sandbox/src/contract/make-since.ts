import { readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { contract } from './contract.js';
import { outlineOf, type SdkOutline } from './sdk-outline.js';

// Makes contract/since.json: in which version each parameter and field came, of those that came since clover. It needs a
// folder that holds one unpacked `stripe` package (versions 19 and later) a version: `npm run since -- FOLDER`.

/** Each with names by version, oldest first: what the version before did not have. */
type Later = Record<string, Record<string, string[]>>;

const makeSince = (folder: string): void => {
  const own = dirname(dirname(createRequire(import.meta.url).resolve('stripe')));
  const folders = [...readdirSync(folder, { withFileTypes: true })].filter((entry) => entry.isDirectory());
  const outlines = [...folders.map(({ name }) => outlineOf(join(folder, name))), outlineOf(own)];
  outlines.sort((one, other) => (one.version < other.version ? -1 : 1));
  const params: Later = {};
  const fields: Later = {};
  for (const [place, outline] of outlines.entries()) {
    const before = outlines[place - 1];
    if (before === undefined) continue;
    params[outline.version] = laterIn(before.params, outline.params, operationsOfVersion1);
    fields[outline.version] = laterIn(before.fields, outline.fields, kindsOfObject);
  }
  const operations = laterOperations(outlines);
  const [first] = outlines;
  const text = JSON.stringify({ first: first?.version ?? '', operations, params, fields }, null, 1);
  writeFileSync(new URL('../../contract/since.json', import.meta.url), `${text}\n`);
  process.stdout.write(`${outlines.length} versions, ${text.length} bytes\n`);
};

/** Version 2 of the API was published apart from these releases. */
const operationsOfVersion1 = Object.keys(contract.operations).filter((operation) => operation.includes(' /v1/'));

const kindsOfObject = [
  ...new Set(
    Object.values(contract.types).flatMap(({ f: { '*': isOpaque, object } }) =>
      isOpaque === undefined && typeof object === 'object' && 'e' in object ? object.e.map(String) : [],
    ),
  ),
].filter((kind) => !kind.startsWith('v2.'));

type Outline = SdkOutline['params'];

const laterIn = (before: Outline, after: Outline, names: readonly string[]): Record<string, string[]> => {
  const found: Record<string, string[]> = {};
  for (const name of [...names].sort()) {
    const [old, now] = [before[name], after[name]];
    if (old === undefined || now === undefined) continue;
    const added = [...now].filter((path) => !old.has(path) && isMeant(path, old));
    const all = new Set(added);
    const outermost = added.filter((path) => !ancestorsOf(path).some((ancestor) => all.has(ancestor))).sort();
    if (outermost.length > 0) found[name] = outermost;
  }
  return found;
};

/** A value is new only where there was a choice before: what was any text took it already. */
const isMeant = (path: string, old: ReadonlySet<string>): boolean => {
  const [holder, value] = path.split('=');
  return value === undefined || [...old].some((one) => one.startsWith(`${holder}=`));
};

/** 'a[b][c]=d' → 'a[b][c]', 'a[b]', 'a'; 'a.b' → 'a' */
const ancestorsOf = (path: string): string[] => {
  const cuts = [...path.matchAll(/[[.=]/g)].map(({ index }) => index);
  return cuts.map((cut) => path.slice(0, cut));
};

const laterOperations = (outlines: readonly SdkOutline[]): Record<string, string> => {
  const found: Record<string, string> = {};
  for (const operation of operationsOfVersion1) {
    const first = outlines.find(({ params }) => params[operation] !== undefined);
    if (first !== undefined && first !== outlines[0]) found[operation] = first.version;
  }
  return found;
};

makeSince(process.argv[2] ?? '');
