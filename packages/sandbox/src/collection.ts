import type { Work } from './work.js';

/** Anything the sandbox keeps: plain JSON with an id, never changed in place (a change puts a new object). */
export interface StoredObject {
  readonly id: string;
}

/** Any Stripe-shaped object as it leaves the sandbox. */
export interface StripeObject {
  readonly [field: string]: unknown;
}

/**
 * One kind of object of an account. `type` is Stripe's value of `object` ("customer"); a type that starts with an
 * underscore is the sandbox's own and is never shown by the API. Fields whose name starts with an underscore are kept
 * with the object and left out of every answer and event.
 */
export interface Collection<T extends StoredObject> {
  readonly type: string;
  /** What ids begin with, without the underscore: "cus". Also how `expand` finds the object an id stands for. */
  readonly prefix: string;
  /** The noun in "No such <label>: 'x'". */
  readonly label: string;
  /** Fields by which `work.where` finds objects without looking at all of them. */
  readonly indexes: readonly string[];
  /** Fields that are left out unless expanded, and how their value is made (a customer's `subscriptions`). */
  readonly included: Readonly<Record<string, (object: T, work: Work) => unknown>>;
  /** The object in the shape of one API version; the identity when left out. Also the place to add derived fields. */
  readonly render?: (object: T, work: Work, version: string) => StripeObject;
}

/** A collection whose exact type does not matter to the caller (registry, rendering). */
export type AnyCollection = Omit<Collection<StoredObject>, 'render' | 'included'> & {
  readonly render?: (object: never, work: Work, version: string) => StripeObject;
  readonly included: Readonly<Record<string, (object: never, work: Work) => unknown>>;
};

export interface CollectionDefinition<T extends StoredObject> {
  readonly type: string;
  readonly prefix: string;
  readonly label?: string;
  readonly indexes?: readonly (keyof T & string)[];
  readonly included?: Readonly<Record<string, (object: T, work: Work) => unknown>>;
  readonly render?: (object: T, work: Work, version: string) => StripeObject;
}

export const defineCollection = <T extends StoredObject>(definition: CollectionDefinition<T>): Collection<T> => ({
  ...definition,
  label: definition.label ?? definition.type,
  indexes: definition.indexes ?? [],
  included: definition.included ?? {},
});
