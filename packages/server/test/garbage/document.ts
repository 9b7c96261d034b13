import { readFileSync } from 'node:fs';
import type { Body } from '@tollbridge/simulation';

/** A JSON schema as far as openapi.json uses it. */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly enum?: readonly string[];
  readonly const?: string | boolean;
  readonly anyOf?: readonly Schema[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly $ref?: string;
}

export interface Parameter {
  readonly name: string;
  readonly schema: Schema;
}

/** One operation of the document. */
export interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly query: readonly Parameter[];
  /** Null: it takes no body. */
  readonly body: Schema | null;
  /** By secret key; only Stripe's own address is open and proves itself by a signature. */
  readonly isKeyed: boolean;
}

const DOCUMENT: Body = JSON.parse(readFileSync(new URL('../../../../openapi.json', import.meta.url), 'utf8'));

interface Described {
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

const PATHS = DOCUMENT.paths as Readonly<Record<string, Readonly<Record<string, Described>>>>;

/** Every operation there is: a new route is in it as soon as it is in the document. */
export const OPERATIONS: readonly Operation[] = Object.entries(PATHS).flatMap(([path, operations]) =>
  Object.entries(operations).map(([verb, described]) => ({
    name: `${verb.toUpperCase()} ${path}`,
    method: verb.toUpperCase(),
    path,
    query: (described.parameters ?? []).filter((parameter) => parameter.in === 'query'),
    body: described.requestBody?.content['application/json']?.schema ?? null,
    isKeyed: path.startsWith('/v1/'),
  })),
);

const SCHEMAS = (DOCUMENT.components?.schemas ?? {}) as Readonly<Record<string, Schema>>;

/** The schema that a reference names. */
export function resolved(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const named = SCHEMAS[schema.$ref.split('/').at(-1) ?? ''];
  if (named === undefined) throw new Error(`openapi.json names ${schema.$ref} and does not hold it`);
  return named;
}

/** The noun whose id stands in the address: `/v1/invoices/{id}/void` is about invoices. */
export const nounOf = ({ path }: Operation): string =>
  path.startsWith('/stripe/') ? 'connections' : (path.split('/')[2] ?? '');
