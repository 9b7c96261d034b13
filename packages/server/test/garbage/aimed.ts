import { type Ids, validValue } from './bodies.js';
import { nounOf, type Operation, resolved, type Schema } from './document.js';
import { encoded, JSON_TYPE, type Thrown } from './requests.js';
import { isJsonObject, type Json, jsonText, STRANGE_INSTANTS, STRANGE_NUMBERS } from './rubbish.js';
import { fc, seed } from './runs.js';

export type FieldKind = 'instant' | 'number' | 'id' | 'word' | 'address' | 'flag' | 'text';

/** One place of an operation that takes a value: `lines`, `0`, `period`, `start` in its body. */
export interface Field {
  readonly where: 'path' | 'query' | 'body';
  readonly at: readonly string[];
  readonly schema: Schema;
  readonly kind: FieldKind;
}

/** What is odd for a field of its kind, and might be right for its neighbour. */
const ODD: Readonly<Record<FieldKind, readonly Json[]>> = {
  instant: [...STRANGE_INSTANTS, '+200000-01-01T00:00:00Z', '-000100-01-01T00:00:00Z', '', 'infinity', 0, -1],
  number: [...STRANGE_NUMBERS, '1', ''],
  id: ['', 'cus_', 'inv_0000000000000000000000000', '../customers', '%00', 'a\u0000b', '\ud83e', 'x'.repeat(5_000), 5],
  word: ['', 'PENDING', '__proto__', 'constructor', 'a\u0000b', 0],
  address: ['', 'http://', 'http://[::1]:99999/', 'javascript:alert(1)', 'https://host.example/\u0000', 5],
  flag: ['true', 0, null],
  text: ['', 'a\u0000b', '\ud83e', 'x'.repeat(5_000), 5],
};

/** A text that is taken differs from place to place: an environment is deleted by who repeats the name that he gave it. */
const oddFor = ({ kind, where }: Field): readonly Json[] =>
  kind === 'text' ? [...ODD.text, `\u202e${where}`] : ODD[kind];

/** A field that is not looked at by itself, with those beside it that make it count. */
const COMPANIONS: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  due_at: { collection_method: 'send_invoice', days_until_due: null },
  days_until_due: { collection_method: 'send_invoice', due_at: null },
};

/** What an operation needs although its schema does not demand it: a customer may bring his currency along. */
const NEEDED: Readonly<Record<string, Readonly<Record<string, Json>>>> = { 'POST /v1/invoices': { currency: 'eur' } };

/** Operations that look at nothing else of an object in a wrong state. */
const NOUNS: Readonly<Record<string, string>> = { 'PATCH /v1/invoices/{id}': 'draft_invoices' };

/** Every place of an operation that takes a value of a kind, as its schema in the document says. */
export function fieldsOf(operation: Operation): readonly Field[] {
  const holes = [...operation.path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name);
  const path = holes.map((name): Field => ({ where: 'path', at: [name], schema: { type: 'string' }, kind: 'id' }));
  const query = operation.query.flatMap(({ name, schema }) => leavesOf(schema, [name]).map(at('query')));
  const body = operation.body === null ? [] : leavesOf(operation.body, []).map(at('body'));
  return [...path, ...query, ...body];
}

interface Leaf {
  readonly at: readonly string[];
  readonly schema: Schema;
}

const at =
  (where: 'query' | 'body') =>
  (leaf: Leaf): Field => ({ where, ...leaf, kind: kindOf(leaf) });

function leavesOf(given: Schema, path: readonly string[]): readonly Leaf[] {
  const schema = resolved(given);
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((each) => leavesOf(each, path));
  if (schema.type === 'null') return [];
  if (schema.type === 'array') return leavesOf(schema.items ?? {}, [...path, '0']);
  if (schema.type !== 'object') return [{ at: path, schema }];
  const { properties = {}, additionalProperties } = schema;
  const free = typeof additionalProperties === 'object' ? leavesOf(additionalProperties, [...path, 'plan']) : [];
  return [...Object.entries(properties).flatMap(([name, each]) => leavesOf(each, [...path, name])), ...free];
}

function kindOf({ at: path, schema }: Leaf): FieldKind {
  const name = path.findLast((step) => step !== '0') ?? '';
  if (schema.format === 'date-time') return 'instant';
  if (schema.type === 'integer' || schema.type === 'number') return 'number';
  if (schema.enum !== undefined || schema.const !== undefined) return 'word';
  if (schema.type === 'boolean') return 'flag';
  if (schema.format === 'uri') return 'address';
  return /(?:^|_)id$|^starting_after$|^ending_before$/.test(name) ? 'id' : 'text';
}

/** A request for each odd value of each field's kind; all else in it is right, and the same every time. */
export function aimedAt(operation: Operation, ids: Ids): readonly (Thrown & { readonly aim: string })[] {
  return fieldsOf(operation).flatMap((field) =>
    oddFor(field).map((value) => ({
      ...requestWith(operation, ids, { field, value }),
      aim: `${field.where} ${field.at.join('.')} ${jsonText(value).slice(0, 60)}`,
    })),
  );
}

interface Aim {
  readonly field: Field;
  readonly value: Json;
}

function requestWith(operation: Operation, ids: Ids, { field, value }: Aim): Thrown {
  const own = encoded(ids.of[NOUNS[operation.name] ?? nounOf(operation)]?.[0] ?? 'no_such_thing');
  const text = encoded(typeof value === 'string' ? value : jsonText(value));
  const [name = ''] = field.at;
  const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_hole, hole) =>
    field.where === 'path' && hole === name ? text : own,
  );
  const url = field.where === 'query' ? `${path}?${name}=${text}` : path;
  if (operation.body === null) return { method: operation.method, url, headers: {}, body: undefined };
  const body =
    field.where === 'body' ? placed(operation.body, field.at, { ids, value }) : good(operation.body, '', ids);
  const whole = isJsonObject(body) ? { ...NEEDED[operation.name], ...body } : body;
  return { method: operation.method, url, headers: JSON_TYPE, body: jsonText(whole) };
}

/** The least that is right, with the value in its place. */
function placed(given: Schema, path: readonly string[], aim: { readonly ids: Ids; readonly value: Json }): Json {
  const [step, ...rest] = path;
  if (step === undefined) return aim.value;
  const schema = branchWith(given, step);
  if (schema.type === 'array') return [placed(schema.items ?? {}, rest, aim)];
  const least = good(schema, '', aim.ids);
  const inner = schema.properties?.[step] ?? schema.additionalProperties;
  const part = placed(typeof inner === 'object' ? inner : {}, rest, aim);
  return { ...(isJsonObject(least) ? least : {}), ...COMPANIONS[step], [step]: part };
}

/** Of several that a value may be, the one that has such a place. */
function branchWith(given: Schema, step: string): Schema {
  const schema = resolved(given);
  const all = schema.anyOf?.map(resolved) ?? [schema];
  const found = all.find(({ type, properties, additionalProperties }) =>
    type === 'array' ? step === '0' : properties?.[step] !== undefined || typeof additionalProperties === 'object',
  );
  if (found === undefined) throw new Error(`the document has no place ${step} there`);
  return found;
}

/** A right value, the same each time: of an object only what is demanded. */
function good(given: Schema, name: string, ids: Ids): Json {
  const schema = resolved(given);
  if (schema.type === 'object') {
    const required = (schema.required ?? []).map((each) => [each, good(schema.properties?.[each] ?? {}, each, ids)]);
    return Object.fromEntries(required);
  }
  if (schema.type === 'array') return [good(schema.items ?? {}, name, ids)];
  const [value] = fc.sample(validValue(schema, name, ids), { numRuns: 1, seed: seed() });
  return value ?? null;
}
