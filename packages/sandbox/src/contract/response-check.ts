import { contract, type ObjectSchema, type Schema } from './contract.js';
import { typeNameOfObject } from './object-types.js';
import { typeAt } from './older-shapes.js';
import { isLaterField } from './since.js';

/** More than enough to see what is wrong. */
const misfitsMax = 20;

/** One look at a value: which version it is of, and what was found wrong so far. */
interface Look {
  readonly version: string;
  readonly found: string[];
  /** The object of Stripe that is looked into, and where in it. */
  readonly within?: { readonly kind: string; readonly path: string };
}

/** What the answer of an operation ('POST /v1/customers/*') does not fit, one sentence each; empty when it fits. */
export const answerMisfits = (operation: string, body: unknown, version = contract.version): string[] => {
  const returns = contract.operations[operation]?.returns;
  return returns === undefined ? [] : misfits(returns, body, version);
};

/** What is wrong with a value, one sentence each with the path; empty when it fits. */
export const misfits = (schema: Schema, value: unknown, version: string, path = 'the answer'): string[] => {
  const found: string[] = [];
  look(schema, value, path, { version, found });
  return found.slice(0, misfitsMax);
};

/** What is wrong with the fields of an object of this type. */
export const fieldMisfits = (type: ObjectSchema, value: object, version: string, path: string): string[] => {
  const found: string[] = [];
  lookAtFields(type, value as Fields, path, { version, found });
  return found.slice(0, misfitsMax);
};

const look = (schema: Schema, value: unknown, path: string, at: Look): void => {
  if (at.found.length > misfitsMax || schema === '*') return;
  if (typeof schema === 'string') {
    if (schema.startsWith('@')) lookAtNamed(schema.slice(1), value, path, at);
    else if (!scalarFits(schema, value))
      at.found.push(`${path}: ${shortly(value)} is no ${scalarNames[schema] ?? schema}`);
    return;
  }
  if ('n' in schema) {
    if (value !== null) look(schema.n, value, path, at);
  } else if ('e' in schema) {
    // Also where the SDK foresees that Stripe adds to them: what we answer is one that it knows.
    if (!schema.e.includes(value as string))
      at.found.push(`${path}: ${shortly(value)} is none of ${schema.e.slice(0, 10).join(', ')}`);
  } else if ('x' in schema) {
    if (typeof value !== 'string') look(schema.x, value, path, at);
  } else if ('u' in schema) lookAtUnion(schema.u, value, path, at);
  else lookInside(schema, value, path, at);
};

const scalarNames: Readonly<Record<string, string>> = { s: 'string', n: 'number', b: 'boolean', d: 'decimal string' };

const scalarFits = (schema: string, value: unknown): boolean => {
  if (schema === 's') return typeof value === 'string';
  if (schema === 'n') return typeof value === 'number';
  if (schema === 'b') return typeof value === 'boolean';
  return typeof value === 'string' && /^-?\d+(\.\d{1,12})?$/.test(value);
};

type Container = { readonly a: Schema } | { readonly m: Schema } | { readonly l: Schema };
type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const lookInside = (schema: Container, value: unknown, path: string, at: Look): void => {
  if ('a' in schema) {
    if (!Array.isArray(value)) at.found.push(`${path}: ${shortly(value)} is no array`);
    else for (const [position, entry] of value.entries()) look(schema.a, entry, `${path}[${position}]`, at);
    return;
  }
  if (!isObject(value)) at.found.push(`${path}: ${shortly(value)} is no object`);
  else if ('m' in schema) {
    for (const [key, entry] of Object.entries(value)) look(schema.m, entry, `${path}.${key}`, at);
  } else {
    lookAtFields(listTypes[String(value.object)] ?? listOfVersion2, value, path, at);
    look({ a: schema.l }, value.data, `${path}.data`, at);
  }
};

/** The frame of a list; what the SDK pages through: https://docs.stripe.com/api/pagination, …/search */
const listTypes: Readonly<Record<string, ObjectSchema>> = {
  list: {
    f: { object: { e: ['list'] }, data: '*', has_more: 'b', url: 's', total_count: 'n' },
    r: ['object', 'data', 'has_more', 'url'],
  },
  search_result: {
    f: {
      object: { e: ['search_result'] },
      data: '*',
      has_more: 'b',
      url: 's',
      next_page: { n: 's' },
      total_count: 'n',
    },
    r: ['object', 'data', 'has_more', 'url', 'next_page'],
  },
};
/** https://docs.stripe.com/api-v2-overview (list pagination) */
const listOfVersion2: ObjectSchema = {
  f: { data: '*', next_page_url: { n: 's' }, previous_page_url: { n: 's' } },
  r: ['data', 'next_page_url', 'previous_page_url'],
};

const lookAtUnion = (members: readonly Schema[], value: unknown, path: string, at: Look): void => {
  let least: string[] | undefined;
  for (const member of members) {
    const wrong: string[] = [];
    look(member, value, path, { ...at, found: wrong });
    if (wrong.length === 0) return;
    if (least === undefined || wrong.length < least.length) least = wrong;
  }
  at.found.push(...(least ?? []));
};

const lookAtNamed = (name: string, value: unknown, path: string, at: Look): void => {
  if (!isObject(value)) {
    at.found.push(`${path}: ${shortly(value)} is no ${name}`);
    return;
  }
  const type = typeAt(at.version, name);
  if (type !== undefined) lookAtFields(type, value, path, at);
  if (name === 'EventBase') lookAtSnapshot(value, path, at);
};

const lookAtFields = (type: ObjectSchema, fields: Fields, path: string, at: Look): void => {
  const isOpaque = type.f['*'] !== undefined;
  const holder = holderOf(fields, at);
  const isLater = (field: string): boolean =>
    holder !== undefined && isLaterField(at.version, holder.kind, joined(holder.path, field));
  for (const field of type.r)
    if (fields[field] === undefined && !isLater(field)) at.found.push(`${path}.${field} is missing`);
  for (const [field, inner] of Object.entries(fields)) {
    const schema = Object.hasOwn(type.f, field) ? type.f[field] : undefined;
    const within = holder === undefined ? {} : { within: { ...holder, path: joined(holder.path, field) } };
    if (inner !== undefined && isLater(field)) at.found.push(`${path}.${field} came after ${at.version}`);
    else if (schema !== undefined && inner !== undefined) look(schema, inner, `${path}.${field}`, { ...at, ...within });
    else if (schema === undefined && !isOpaque) at.found.push(`${path}.${field} is no field`);
  }
};

/** Objects of Stripe stand in others and in lists; what has no kind belongs to the one that holds it. */
const holderOf = ({ object }: Fields, { within }: Look): Look['within'] =>
  typeof object === 'string' && object !== 'list' ? { kind: object, path: '' } : within;

const joined = (path: string, field: string): string => (path === '' ? field : `${path}.${field}`);

/** What an event shows is an object as any other, in the version of the event and not of the request. */
const lookAtSnapshot = ({ data, api_version: version }: Fields, path: string, at: Look): void => {
  const object = isObject(data) ? data.object : undefined;
  const name = isObject(object) ? typeNameOfObject(String(object.object)) : undefined;
  if (name === undefined) return;
  look(`@${name}`, object, `${path}.data.object`, { version: String(version ?? at.version), found: at.found });
};

const shortly = (value: unknown): string => (JSON.stringify(value) ?? 'undefined').slice(0, 80);
