import { contract, type Schema } from '../contract/contract.js';
import { isFields } from './fields.js';

/**
 * What was given, as far as an answer of this type shows it: a number that identifies a person, for one, goes in and never
 * comes out.
 */
export const echoed = (typeName: string, given: unknown): Record<string, unknown> =>
  echo(`@${typeName}`, isFields(given) ? given : {}) as Record<string, unknown>;

const echo = (schema: Schema, given: unknown): unknown => {
  if (typeof schema === 'object' && 'a' in schema)
    return Array.isArray(given) ? given.map((entry) => echo(schema.a, entry)) : given;
  if (typeof schema !== 'string' || !schema.startsWith('@') || !isFields(given)) return given;
  const type = contract.types[schema.slice(1)];
  if (type === undefined) return given;
  const shown: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const inner = Object.hasOwn(type.f, name) ? type.f[name] : undefined;
    if (inner !== undefined) shown[name] = echo(inner, value);
  }
  return shown;
};
