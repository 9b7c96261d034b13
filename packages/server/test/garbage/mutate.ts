import { isJsonObject, type Json, RawJson, STRANGE_NAMES } from './rubbish.js';
import { fc } from './runs.js';

/** One thing done to a good body to make a bad one; `at` names a place in it by its number. */
export interface Mutation {
  readonly at: number;
  readonly how: 'replace' | 'remove' | 'add' | 'wrap' | 'rename';
  readonly name: string;
  readonly value: Json;
}

export const mutation = (value: fc.Arbitrary<Json>): fc.Arbitrary<Mutation> =>
  fc.record(
    {
      at: fc.nat({ max: 200 }),
      how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add', 'wrap', 'rename'),
      name: fc.constantFrom(...STRANGE_NAMES),
      value,
    },
    { noNullPrototype: true },
  );

/** The body after each mutation in its turn. */
export const mutated = (body: Json, mutations: readonly Mutation[]): Json =>
  mutations.reduce((value, each) => changedAt(value, each.at % countPlaces(value), each), body);

/** How many places a value has: itself, and those of its parts. */
function countPlaces(value: Json): number {
  return 1 + partsOf(value).reduce((sum, [, part]) => sum + countPlaces(part), 0);
}

function partsOf(value: Json): readonly (readonly [string, Json])[] {
  if (value === null || typeof value !== 'object' || value instanceof RawJson) return [];
  return Object.entries(value);
}

function changedAt(value: Json, place: number, change: Mutation): Json {
  if (place === 0) return changed(value, change) ?? null;
  let left = place - 1;
  const parts: [string, Json][] = [];
  for (const [name, part] of partsOf(value)) {
    const places = countPlaces(part);
    const isHere = left >= 0 && left < places;
    const next = isHere ? partAt(part, left, change) : part;
    if (next !== undefined) parts.push([isHere && left === 0 && change.how === 'rename' ? change.name : name, next]);
    left -= places;
  }
  return Array.isArray(value) ? parts.map(([, part]) => part) : ownNames(parts);
}

const partAt = (part: Json, place: number, change: Mutation): Json | undefined =>
  place === 0 ? changed(part, change) : changedAt(part, place, change);

/** Undefined: it is gone. */
function changed(value: Json, { how, name, value: other }: Mutation): Json | undefined {
  if (how === 'replace') return other;
  if (how === 'remove') return undefined;
  if (how === 'wrap') return [value];
  if (how === 'rename') return value;
  if (Array.isArray(value)) return [...value, other];
  return isJsonObject(value) ? ownNames([...Object.entries(value), [name, other]]) : other;
}

/** `__proto__` as a name of its own, which an object literal would take for something else. */
function ownNames(parts: readonly (readonly [string, Json])[]): Json {
  const made: Record<string, Json> = {};
  for (const [name, value] of parts)
    Object.defineProperty(made, name, { value, enumerable: true, configurable: true, writable: true });
  return made;
}
