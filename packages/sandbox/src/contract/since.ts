import { readFileSync } from 'node:fs';

/** Names by the version they came in, and there by operation or kind of object. */
type Later = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

interface Since {
  /** The version all others are compared with; of those before it nothing is known. */
  readonly first: string;
  /** Operations that came later, and in which version. */
  readonly operations: Readonly<Record<string, string>>;
  readonly params: Later;
  readonly fields: Later;
}

/** Made by make-since.ts from the `stripe` packages of each version from clover on. */
const since: Since = JSON.parse(readFileSync(new URL('../../contract/since.json', import.meta.url), 'utf8'));

const latest = [...Object.keys(since.params), since.first].sort().at(-1) ?? since.first;

/** Whether it is known what this version had not yet. */
export const isCompared = (version: string): boolean => version >= since.first && version < latest;

export const isLaterOperation = (operation: string, version: string): boolean =>
  isCompared(version) && (since.operations[operation] ?? since.first) > version;

const byVersion = (later: Later): ((version: string, name: string) => ReadonlySet<string>) => {
  const known = new Map<string, ReadonlySet<string>>();
  return (version, name) => {
    if (!isCompared(version)) return nothing;
    const key = `${version} ${name}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const all = Object.entries(later).flatMap(([came, names]) => (came > version ? (names[name] ?? []) : []));
    const made = all.length === 0 ? nothing : new Set(all);
    known.set(key, made);
    return made;
  };
};

const nothing: ReadonlySet<string> = new Set();

/** Parameters ('a[b]') and values of enums ('a[b]=c') that came after this version. */
export const laterParams = byVersion(since.params);

/** Fields ('a.b') of a kind of object that came after this version. */
export const laterFields = byVersion(since.fields);

/** Whether this field, or one that holds it, came after the version. */
export const isLaterField = (version: string, kind: string, path: string): boolean => {
  const later = laterFields(version, kind);
  if (later.size === 0) return false;
  const steps = path.split('.');
  return steps.some((_step, place) => later.has(steps.slice(0, place + 1).join('.')));
};
