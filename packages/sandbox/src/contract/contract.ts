import { readFileSync } from 'node:fs';

/**
 * The shape of one value, as short as JSON allows:
 * 's' string, 'n' number, 'b' boolean, 'd' decimal string, '*' anything, '@Name' a type of the table,
 * { e } one of these values, { a } array, { m } map, { l } list object,
 * { x } an id or, expanded, the object, { n } may be null (in requests: may be unset), { u } any of these.
 */
export type Schema =
  | string
  | { readonly e: readonly (string | number | boolean)[] }
  | { readonly a: Schema }
  | { readonly m: Schema }
  | { readonly l: Schema }
  | { readonly x: Schema }
  | { readonly n: Schema }
  | { readonly u: readonly Schema[] };

export interface ObjectSchema {
  /** Fields by name. */
  readonly f: Readonly<Record<string, Schema>>;
  /** Names of the fields that must be there. */
  readonly r: readonly string[];
  /** The greatest length of strings that have one of their own, by name; parameters only. */
  readonly m?: Readonly<Record<string, number>>;
}

export interface OperationContract {
  /** Name of the parameter type, absent when there are none. */
  readonly params?: string;
  readonly returns: Schema;
}

export interface Contract {
  /** The API version of the SDK it was made from. */
  readonly version: string;
  /** 'POST /v1/customers/*': what it takes and gives; every path parameter is a star. */
  readonly operations: Readonly<Record<string, OperationContract>>;
  readonly types: Readonly<Record<string, ObjectSchema>>;
  /** Every event of version 1 with the schema of what it shows: 'invoice.paid' → '@Invoice'. */
  readonly snapshotEvents: Readonly<Record<string, Schema>>;
  /** Events of version 1 that also come thin, by their thin type: 'v1.payment_intent.succeeded'. */
  readonly thinEvents: readonly string[];
  /** Every operation the SDK has, in scope or not: others answer 404 with a sentence that says so. */
  readonly outOfScope: readonly string[];
}

export const contract: Contract = JSON.parse(
  readFileSync(new URL('../../contract/contract.json', import.meta.url), 'utf8'),
);

/** Made once for each route. */
const keysByRoute = new Map<string, string>();

/** 'GET /v1/customers/:customer' → 'GET /v1/customers/*' */
export const contractKey = (route: string): string => {
  const known = keysByRoute.get(route);
  if (known !== undefined) return known;
  const key = route.replaceAll(/:[a-z_0-9]+/g, '*');
  keysByRoute.set(route, key);
  return key;
};
