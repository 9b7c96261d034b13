import { contract, type Schema } from '../../src/contract/contract.js';
import { formText } from '../garbage/form-text.js';

export type Value = string | number | boolean | readonly Value[] | { readonly [name: string]: Value };
export type Params = Readonly<Record<string, Value>>;

/** A parameter that stands inside another one, with values that its type takes. */
export interface NestedParameter {
  /** 'tax[ip_address]'; the first entry of an array is `items[0]`. */
  readonly path: readonly string[];
  readonly values: readonly Value[];
  /** What the hash that holds it needs besides. */
  readonly beside: Params;
}

const levelsMax = 5;

/** All parameters of an operation that stand inside another one. */
export const nestedParametersOf = (operation: string): NestedParameter[] => {
  const name = contract.operations[operation]?.params;
  return name === undefined ? [] : inside(name, [], []);
};

const inside = (typeName: string, path: readonly string[], above: readonly string[]): NestedParameter[] => {
  const type = contract.types[typeName];
  if (type === undefined || above.includes(typeName) || above.length >= levelsMax) return [];
  const needed = requiredOf(typeName);
  return Object.entries(type.f).flatMap(([name, schema]) => {
    const here = [...path, name];
    const { [name]: _own, ...beside } = needed;
    const deeper = hashesIn(schema).flatMap(({ type: inner, steps }) =>
      inside(inner, [...here, ...steps], [...above, typeName]),
    );
    if (path.length === 0) return deeper;
    // A hash of which no member is needed cannot be written into a form.
    const values = samplesOf(schema).filter((value) => formText({ value }) !== '');
    return values.length === 0 ? deeper : [{ path: here, values, beside }, ...deeper];
  });
};

/** The hashes that this may be, and the step into them. */
const hashesIn = (schema: Schema, steps: readonly string[] = []): { type: string; steps: readonly string[] }[] => {
  if (typeof schema === 'string') return schema.startsWith('@') ? [{ type: schema.slice(1), steps }] : [];
  if ('a' in schema) return hashesIn(schema.a, [...steps, '0']);
  if ('n' in schema) return hashesIn(schema.n, steps);
  if ('u' in schema) return schema.u.flatMap((one) => hashesIn(one, steps));
  return [];
};

export const requiredOf = (typeName: string): Params => {
  const type = contract.types[typeName];
  const entries = (type?.r ?? []).map((name): [string, Value] => [name, sampleOf(type?.f[name] ?? 's')]);
  return Object.fromEntries(entries);
};

const samplesMax = 8;

/** Of what is one of few all of them: one may be what happens anyway. */
const samplesOf = (schema: Schema): readonly Value[] => {
  if (schema === 'b') return [true, false];
  if (typeof schema === 'object' && 'n' in schema) return samplesOf(schema.n);
  return typeof schema === 'object' && 'e' in schema ? schema.e.slice(0, samplesMax) : [sampleOf(schema)];
};

/** A value that its type takes; what it means is another question. */
const sampleOf = (schema: Schema): Value => {
  if (typeof schema === 'string') {
    if (schema.startsWith('@')) return requiredOf(schema.slice(1));
    if (schema === 'b') return true;
    if (schema === 'n') return 7;
    return schema === 'd' ? '3' : 'text';
  }
  if ('e' in schema) return schema.e.at(-1) ?? 'text';
  if ('a' in schema) return [sampleOf(schema.a)];
  if ('n' in schema) return sampleOf(schema.n);
  if ('m' in schema) return { key: sampleOf(schema.m) };
  if ('u' in schema) return sampleOf(schema.u.at(-1) ?? 's');
  return 'text';
};
