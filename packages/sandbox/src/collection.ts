import type { Collection, StoredObject, StripeObject, Work } from './work.js';

export type { AnyCollection, Collection, StoredObject, StripeObject } from './work.js';

export interface CollectionDefinition<T extends StoredObject> {
  readonly type: string;
  readonly prefix: string;
  readonly label?: string;
  readonly indexes?: readonly (keyof T & string)[];
  readonly path?: (object: T) => string;
  readonly isSearched?: boolean;
  readonly included?: Readonly<Record<string, (object: T, work: Work, version: string) => unknown>>;
  readonly render?: (object: T, work: Work, version: string) => StripeObject;
}

export const defineCollection = <T extends StoredObject>(definition: CollectionDefinition<T>): Collection<T> => ({
  ...definition,
  label: definition.label ?? definition.type,
  indexes: definition.indexes ?? [],
  isSearched: definition.isSearched ?? false,
  included: definition.included ?? {},
});
