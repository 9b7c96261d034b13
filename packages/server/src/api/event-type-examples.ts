import { EVENT_TYPES } from '@tollbridge/core';

/** The parts of JSON schema that our own OpenAPI document is made of. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly description?: string;
  readonly examples?: readonly unknown[];
}

type Schemas = Readonly<Record<string, Schema>>;

export interface EventExample {
  readonly object: 'event';
  readonly id: string;
  readonly type: string;
  readonly created_at: string;
  readonly sequence: number;
  readonly object_id: string;
  readonly data: { readonly object: Readonly<Record<string, unknown>> };
}

/** Deep enough for lines inside invoices; what refers to itself ends here. */
const DEPTH_MAX = 6;
const EXAMPLE_INSTANT = '2027-03-01T09:00:00.000Z';

/** The schema of what an event is about: `payment_method.attached` is about a `PaymentMethod`. */
export const schemaNameOf = (type: string): string =>
  (type.split('.')[0] ?? '').replace(/(^|_)([a-z])/g, (_match, _gap, letter: string) => letter.toUpperCase());

/**
 * An example of every event whose object the API describes, made from that description (OUT-2): it cannot fall behind
 * the code.
 */
export function eventTypeExamples(document: unknown): ReadonlyMap<string, EventExample> {
  const schemas = ((document as { components?: { schemas?: Schemas } }).components?.schemas ?? {}) as Schemas;
  const examples = new Map<string, EventExample>();
  for (const type of Object.keys(EVENT_TYPES)) {
    const schema = schemas[schemaNameOf(type)];
    if (schema === undefined) continue;
    const object = exampleOf(schema, schemas, { name: '', depth: 0 }) as Record<string, unknown>;
    examples.set(type, {
      object: 'event',
      id: 'evt_01h8x7v9qk3m5n6p7r8s9t0w',
      type,
      created_at: EXAMPLE_INSTANT,
      sequence: 1,
      object_id: String(object.id ?? ''),
      data: { object },
    });
  }
  return examples;
}

interface Place {
  readonly name: string;
  readonly depth: number;
}

function exampleOf(schema: Schema, schemas: Schemas, place: Place): unknown {
  if (place.depth > DEPTH_MAX) return null;
  if (schema.$ref !== undefined) {
    const target = schemas[schema.$ref.split('/').at(-1) ?? ''];
    return target === undefined ? null : exampleOf(target, schemas, { ...place, depth: place.depth + 1 });
  }
  if (schema.examples?.[0] !== undefined) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const choice = (schema.anyOf ?? schema.oneOf ?? schema.allOf)?.[0];
  if (choice !== undefined) return exampleOf(choice, schemas, place);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'object') return objectExample(schema, schemas, place);
  if (type === 'array')
    return schema.items === undefined ? [] : [exampleOf(schema.items, schemas, { ...place, depth: place.depth + 1 })];
  return plainExample(type, place.name);
}

function objectExample(schema: Schema, schemas: Schemas, place: Place): Record<string, unknown> {
  const kind = schema.properties?.object?.const;
  const entries = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const inside = { name: name === 'id' && typeof kind === 'string' ? `${kind}_id` : name, depth: place.depth + 1 };
    return [name, exampleOf(property, schemas, inside)] as const;
  });
  return Object.fromEntries(entries);
}

function plainExample(type: unknown, name: string): unknown {
  if (type === 'boolean') return false;
  if (type === 'integer' || type === 'number') return /amount|total|due|paid|minor/.test(name) ? 4_900 : 1;
  if (type !== 'string') return null;
  if (/_(at|date|end|start)$/.test(name)) return EXAMPLE_INSTANT;
  if (name === 'currency') return 'eur';
  if (name.endsWith('_id')) return `${name.replace(/_id$/, '')}_…`;
  if (/url$/.test(name)) return 'https://example.com/';
  if (/email/.test(name)) return 'ada@example.com';
  return name === '' ? 'text' : name;
}
