import { contract, type ObjectSchema, type Schema } from './contract.js';
import { typeNameOfObject } from './object-types.js';

/** More than enough to see what is wrong. */
const misfitsMax = 20;

/** What is wrong with a value, one sentence each with the path; empty when it fits. */
export const misfits = (schema: Schema, value: unknown, path = ''): string[] => {
  const found: string[] = [];
  look(schema, value, path === '' ? 'the answer' : path, found);
  return found.slice(0, misfitsMax);
};

/** Throws unless the object is what the SDK's types say of `typeName` (by default: of its own `object`). */
export const assertFitsContract = (object: unknown, typeName?: string): void => {
  const name = typeName ?? typeNameOfObject(String((object as { object?: unknown }).object)) ?? '';
  if (contract.types[name] === undefined) throw new Error(`The contract has no type '${name}'.`);
  const found = misfits(`@${name}`, object, name);
  if (found.length > 0) throw new Error(`Does not fit the contract:\n${found.join('\n')}`);
};

/** What the answer of an operation ('POST /v1/customers/*') does not fit. */
export const answerMisfits = (operation: string, body: unknown): string[] => {
  const returns = contract.operations[operation]?.returns;
  return returns === undefined ? [] : misfits(returns, body);
};

const look = (schema: Schema, value: unknown, path: string, found: string[]): void => {
  if (found.length > misfitsMax || schema === '*') return;
  if (typeof schema === 'string') {
    if (schema.startsWith('@')) lookAtNamed(schema.slice(1), value, path, found);
    else if (!scalarFits(schema, value))
      found.push(`${path}: ${shortly(value)} is no ${scalarNames[schema] ?? schema}`);
    return;
  }
  if ('n' in schema) {
    if (value !== null) look(schema.n, value, path, found);
  } else if ('e' in schema) {
    const fits = schema.e.includes(value as string) || (schema.open === 1 && typeof value === 'string');
    if (!fits) found.push(`${path}: ${shortly(value)} is none of ${schema.e.slice(0, 10).join(', ')}`);
  } else if ('x' in schema) {
    if (typeof value !== 'string') look(schema.x, value, path, found);
  } else if ('u' in schema) lookAtUnion(schema.u, value, path, found);
  else lookInside(schema, value, path, found);
};

const scalarNames: Readonly<Record<string, string>> = { s: 'string', n: 'number', b: 'boolean', d: 'decimal string' };

const scalarFits = (schema: string, value: unknown): boolean => {
  if (schema === 's') return typeof value === 'string';
  if (schema === 'n') return typeof value === 'number';
  if (schema === 'b') return typeof value === 'boolean';
  return typeof value === 'string' && /^-?\d+(\.\d{1,12})?$/.test(value);
};

type Container = { readonly a: Schema } | { readonly m: Schema } | { readonly l: Schema };

const lookInside = (schema: Container, value: unknown, path: string, found: string[]): void => {
  if ('a' in schema) {
    if (!Array.isArray(value)) found.push(`${path}: ${shortly(value)} is no array`);
    else for (const [position, entry] of value.entries()) look(schema.a, entry, `${path}[${position}]`, found);
    return;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    found.push(`${path}: ${shortly(value)} is no object`);
    return;
  }
  if ('m' in schema) {
    for (const [key, entry] of Object.entries(value)) look(schema.m, entry, `${path}.${key}`, found);
    return;
  }
  const list = value as Record<string, unknown>;
  if (list.object !== 'list' && list.data === undefined) found.push(`${path}: ${shortly(value)} is no list`);
  look({ a: schema.l }, list.data, `${path}.data`, found);
};

const lookAtUnion = (members: readonly Schema[], value: unknown, path: string, found: string[]): void => {
  let least: string[] | undefined;
  for (const member of members) {
    const wrong: string[] = [];
    look(member, value, path, wrong);
    if (wrong.length === 0) return;
    if (least === undefined || wrong.length < least.length) least = wrong;
  }
  found.push(...(least ?? []));
};

const lookAtNamed = (name: string, value: unknown, path: string, found: string[]): void => {
  const type: ObjectSchema | undefined = contract.types[name];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    found.push(`${path}: ${shortly(value)} is no ${name}`);
    return;
  }
  if (type === undefined) return;
  const isOpaque = type.f['*'] !== undefined;
  const fields = value as Record<string, unknown>;
  for (const field of type.r) if (fields[field] === undefined) found.push(`${path}.${field} is missing`);
  for (const [field, inner] of Object.entries(fields)) {
    const schema = Object.hasOwn(type.f, field) ? type.f[field] : undefined;
    if (schema !== undefined && inner !== undefined) look(schema, inner, `${path}.${field}`, found);
    else if (schema === undefined && !isOpaque) found.push(`${path}.${field} is no field of ${name}`);
  }
};

const shortly = (value: unknown): string => (JSON.stringify(value) ?? 'undefined').slice(0, 80);
