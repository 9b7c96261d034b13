import type { Clause, Query, SearchFieldType } from './query.js';

interface WithId {
  readonly id: string;
}

/** What a resource is searched by: field → its type, and how a field is read that is not simply there. */
export interface Searchable<T extends WithId> {
  /** As in the path: "payment_intents". */
  readonly resource: string;
  readonly fields: Readonly<Record<string, SearchFieldType>>;
  readonly read?: Readonly<Record<string, (object: T) => unknown>>;
}

export const matches = <T extends WithId>(searchable: Searchable<T>, query: Query, object: T): boolean => {
  const holds = (clause: Clause): boolean => clauseHolds(searchable, clause, object) !== clause.negated;
  return query.combine === 'or' ? query.clauses.some(holds) : query.clauses.every(holds);
};

const clauseHolds = <T extends WithId>(searchable: Searchable<T>, clause: Clause, object: T): boolean => {
  const given = searchedValue(searchable, clause, object);
  if (clause.value === null) return given === undefined || given === null || given === '';
  if (given === undefined || given === null) return false;
  if (clause.field === 'metadata' || searchable.fields[clause.field] === 'token') {
    return folded(given) === folded(clause.value);
  }
  if (searchable.fields[clause.field] === 'numeric') return compares(Number(given), clause);
  return clause.operator === '~'
    ? folded(given).includes(folded(clause.value))
    : containsWords(wordsOf(folded(given)), wordsOf(folded(clause.value)));
};

const searchedValue = <T extends WithId>(searchable: Searchable<T>, clause: Clause, object: T): unknown => {
  if (clause.metadataKey !== null) return fieldAt(object, ['metadata', clause.metadataKey]);
  const read = searchable.read?.[clause.field];
  return read === undefined ? fieldAt(object, clause.field.split('.')) : read(object);
};

const fieldAt = (object: unknown, path: readonly string[]): unknown => {
  let value = object;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
};

const compares = (given: number, { operator, value }: Clause): boolean => {
  const asked = Number(value);
  if (operator === ':') return given === asked;
  if (operator === '>') return given > asked;
  if (operator === '>=') return given >= asked;
  return operator === '<' ? given < asked : given <= asked;
};

/** Search minds no case. */
const folded = (value: unknown): string => String(value).toLowerCase();

const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

/** An exact match of a string has all the words of the query, one after the other, and perhaps more around them. */
const containsWords = (given: readonly string[], asked: readonly string[]): boolean =>
  asked.length > 0 && given.some((_word, start) => asked.every((word, position) => given[start + position] === word));
