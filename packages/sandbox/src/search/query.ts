import { invalidRequest, type Refusal } from '../errors.js';

/** How a field may be compared. https://docs.stripe.com/search#field-types-substring-matching-and-numeric-comparators */
export type SearchFieldType = 'numeric' | 'string' | 'token';

export type Operator = ':' | '~' | '>' | '>=' | '<' | '<=';

export interface Clause {
  readonly field: string;
  /** Of `metadata["key"]`. */
  readonly metadataKey: string | null;
  readonly operator: Operator;
  /** Null is the special token: the field is there, or, negated, is not. */
  readonly value: string | null;
  readonly negated: boolean;
}

export interface Query {
  readonly clauses: readonly Clause[];
  /** The keywords exclude each other; without one, all clauses must hold. */
  readonly combine: 'and' | 'or';
}

const clausesMax = 10;
const substringLengthMin = 3;

const clauseForm =
  /^(-?)([a-z_][a-z0-9_.]*)(?:\[(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\])?\s*(:|~|>=|<=|>|<)\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s"']+))/i;

/** The clauses of a query, or a refusal: of what cannot be read, of too many, of AND beside OR. */
export const parsedQuery = (text: string): Query => {
  const clauses: Clause[] = [];
  const keywords = new Set<string>();
  let rest = text.trim();
  while (rest !== '') {
    const keyword = clauses.length === 0 ? null : /^(and|or)\s+/i.exec(rest);
    if (keyword !== null) {
      keywords.add((keyword[1] ?? '').toLowerCase());
      rest = rest.slice(keyword[0].length);
    } else if (clauses.length > 0) keywords.add('and');
    const found = clauseForm.exec(rest);
    if (found === null) throw unreadable();
    clauses.push(clauseFrom(found));
    rest = rest.slice(found[0].length);
    // Between clauses there is a space; nothing else ends one.
    if (rest !== '' && !/^\s/.test(rest)) throw unreadable();
    rest = rest.trimStart();
    if (clauses.length > clausesMax) throw refused(`A query can have at most ${clausesMax} clauses.`);
  }
  if (clauses.length === 0) throw unreadable();
  if (keywords.size > 1) throw refused('AND and OR cannot be used in the same query.');
  return { clauses, combine: keywords.has('or') ? 'or' : 'and' };
};

const clauseFrom = (found: RegExpExecArray): Clause => {
  const [, sign, field = '', doubleKey, singleKey, operator, double, single, bare] = found;
  const key = doubleKey ?? singleKey;
  if ((field === 'metadata') !== (key !== undefined)) throw unreadable();
  const quoted = double ?? single;
  // Quotation marks may be left out around numbers alone.
  if (quoted === undefined && !/^(-?\d+(\.\d+)?|null)$/i.test(bare ?? '')) throw unreadable();
  const value = quoted === undefined ? bare?.toLowerCase() : unescaped(quoted);
  return {
    field,
    metadataKey: key === undefined ? null : unescaped(key),
    operator: operator as Operator,
    value: quoted === undefined && value === 'null' ? null : (value ?? ''),
    negated: sign === '-',
  };
};

const unescaped = (text: string): string => text.replaceAll(/\\(.)/g, '$1');

/** Refuses fields the resource is not searched by, and operators their type does not have. */
export const requireSearchable = (
  query: Query,
  fields: Readonly<Record<string, SearchFieldType>>,
  resource: string,
): void => {
  for (const { field, operator, value } of query.clauses) {
    const type = field === 'metadata' ? 'token' : fields[field];
    if (type === undefined) {
      throw refused(
        `Field \`${field}\` is an unsupported search field for resource \`${resource}\`. See https://stripe.com/docs/search#query-fields-for-${resource.replaceAll('_', '-')} for a list of supported fields.`,
      );
    }
    const allowed = operatorsOf[type];
    if (!allowed.includes(operator) || (value === null && operator !== ':')) {
      throw refused(`The operator \`${operator}\` cannot be used with the field \`${field}\`.`);
    }
    if (operator === '~' && (value ?? '').length < substringLengthMin) {
      throw refused(`A substring must have at least ${substringLengthMin} characters.`);
    }
    if (type === 'numeric' && value !== null && !/^-?\d+(\.\d+)?$/.test(value)) {
      throw refused(`The field \`${field}\` is compared with numbers only.`);
    }
  }
};

const operatorsOf: Readonly<Record<SearchFieldType, readonly Operator[]>> = {
  token: [':'],
  string: [':', '~'],
  numeric: [':', '>', '>=', '<', '<='],
};

const unreadable = (): Refusal =>
  refused(
    'We were unable to parse your search query. Try using the format `metadata["key"]:"value"` to query for metadata or key:"value" to query for other fields.',
  );

const refused = (message: string): Refusal => invalidRequest(message, { param: 'query' });
