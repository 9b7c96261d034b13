import type { AnyCollection, StoredObject, StripeObject } from './collection.js';
import type { InnerWork } from './engine.js';
import { withoutLater } from './later-fields.js';

/** The object as one version shows it: derived fields added, the sandbox's own fields (`_…`) left out. */
export const shown = (work: InnerWork, object: StoredObject, version: string): StripeObject => {
  const collection = collectionOf(work, object);
  const isRendered = collection?.render !== undefined && !isStub(object);
  const rendered = isRendered ? collection.render(object as never, work, version) : object;
  return withoutLater(withoutOwnFields(rendered as StripeObject), version);
};

/** What a deletion leaves has nothing of the object to show. */
const isStub = (object: StoredObject): boolean => (object as { deleted?: unknown }).deleted === true;

export const collectionOf = (work: InnerWork, object: unknown): AnyCollection | undefined => {
  const type = (object as { object?: unknown }).object;
  return typeof type === 'string' ? work.engine.collectionOf(type) : undefined;
};

const withoutOwnFields = (object: StripeObject): StripeObject => {
  for (const field in object)
    if (field.charCodeAt(0) === 95) return Object.fromEntries(Object.entries(object).filter(isShown));
  return object;
};

const isShown = ([field]: [string, unknown]): boolean => !field.startsWith('_');
