import { contract, type ObjectSchema, type Schema } from '../../src/contract/contract.js';
import { strangeText, strangeValue, type Value } from './rubbish.js';
import { fc } from './runs.js';

/** Deep enough for every part of every type. */
const DEPTH_MAX = 4;
const OPTIONAL_FIELDS_MAX = 4;
/** Of so many values one is strange: with more of them hardly a request would get past its first look. */
const STRANGE_ONE_OF = 12;

/** Ids of what is there, by the names that parameters and paths have for them, such as `customer`. */
export type Known = ReadonlyMap<string, readonly string[]>;

/** Parameters as an operation's type says, mostly; now and then one that is strange, missing or unknown. */
export const parametersOf = (operation: string, known: Known): fc.Arbitrary<Readonly<Record<string, Value>>> => {
  const name = contract.operations[operation]?.params;
  const type = (name === undefined ? undefined : contract.types[name]) ?? { f: {}, r: [] };
  return objectOf(type, known, 0).chain((object) =>
    fc.oneof(
      { weight: 6, arbitrary: fc.constant(object) },
      { weight: 1, arbitrary: strangeText.map((unknown) => ({ ...object, [unknown]: 'x' })) },
      { weight: 1, arbitrary: fc.nat({ max: 20 }).map((at) => withoutOne(object, at)) },
    ),
  );
};

const withoutOne = (object: Readonly<Record<string, Value>>, at: number): Readonly<Record<string, Value>> => {
  const names = Object.keys(object);
  const left = names[at % Math.max(1, names.length)];
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== left));
};

const objectOf = (type: ObjectSchema, known: Known, depth: number): fc.Arbitrary<Readonly<Record<string, Value>>> => {
  const optional = Object.keys(type.f).filter((name) => !type.r.includes(name));
  const picked =
    depth >= DEPTH_MAX
      ? fc.constant([])
      : fc.subarray(optional, { maxLength: Math.min(OPTIONAL_FIELDS_MAX, optional.length) });
  return picked.chain((names) => {
    const fields = [...type.r, ...names].map(
      (name) => [name, valueFor(type.f[name] ?? 's', { name, known, depth })] as const,
    );
    return fc.record(Object.fromEntries(fields), { noNullPrototype: true });
  });
};

interface Place {
  readonly name: string;
  readonly known: Known;
  readonly depth: number;
}

const valueFor = (schema: Schema, place: Place): fc.Arbitrary<Value> =>
  fc.oneof({ weight: STRANGE_ONE_OF - 1, arbitrary: goodValue(schema, place) }, { weight: 1, arbitrary: strangeValue });

const goodValue = (schema: Schema, place: Place): fc.Arbitrary<Value> => {
  const inner = { ...place, depth: place.depth + 1 };
  if (typeof schema === 'string') return schema.startsWith('@') ? named(schema.slice(1), inner) : scalar(schema, place);
  if ('n' in schema)
    return fc.oneof({ weight: 4, arbitrary: goodValue(schema.n, place) }, { weight: 1, arbitrary: fc.constant('') });
  if ('e' in schema) return fc.constantFrom<Value>(...(schema.e.length === 0 ? ['x'] : schema.e));
  if ('a' in schema) return fc.array(valueFor(schema.a, inner), { maxLength: 3 });
  if ('m' in schema)
    return fc.dictionary(fc.constantFrom('a', 'plan', '__proto__', 'x y', ''), valueFor(schema.m, inner), {
      maxKeys: 3,
      noNullPrototype: true,
    });
  if ('u' in schema && schema.u.length > 0) return fc.oneof(...schema.u.map((one) => goodValue(one, place)));
  return scalar('s', place);
};

const named = (name: string, place: Place): fc.Arbitrary<Value> => {
  const type = contract.types[name];
  return type === undefined ? fc.constant<Value>({}) : objectOf(type, place.known, place.depth);
};

/** What a text of that name usually is. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  currency: ['eur', 'usd', 'jpy', 'bhd', 'EUR'],
  email: ['jo@example.com', 'nobody'],
  country: ['DE', 'US', 'xx'],
  url: ['http://127.0.0.1:4400/hook', 'https://host.example/hook', 'ftp://x'],
  success_url: ['https://host.example/done'],
  cancel_url: ['https://host.example/back'],
  return_url: ['https://host.example/return'],
  query: ["email:'jo@example.com'", "metadata['a']:'x' AND created>1", "status:'", '(((', '-'],
  token: ['tok_visa', 'tok_chargeDeclined', 'tok_none'],
  off_session: ['true', 'one_off'],
};

const scalar = (kind: string, { name, known }: Place): fc.Arbitrary<Value> => {
  if (kind === 'b') return fc.boolean();
  if (kind === 'n') return fc.constantFrom(0, 1, 3, 50, 1_999, 5_000, 99_999_999);
  if (kind === 'd') return fc.constantFrom('1', '0.5', '12.34');
  if (kind === '*') return strangeValue;
  const words = [...(known.get(name) ?? []), ...(WORDS[name] ?? [])];
  return words.length === 0 ? fc.constantFrom('x', 'A word', 'cus_none') : fc.constantFrom(...words);
};

/** `/v1/customers/*` with the stars replaced by ids of what is there, or by something strange. */
export const pathOf = (pattern: string, known: Known): fc.Arbitrary<string> => {
  const segments = pattern.split('/');
  const filled = segments.map((segment, at) => {
    if (segment !== '*') return fc.constant(segment);
    const ids = known.get((segments[at - 1] ?? '').replace(/s$/, '')) ?? ['x'];
    return fc.oneof(
      { weight: 7, arbitrary: fc.constantFrom(...ids) },
      { weight: 1, arbitrary: strangeText.map((text) => encodeURIComponent(wellFormed(text))) },
    );
  });
  return fc.tuple(...filled).map((parts) => parts.join('/'));
};

/** A lone half of a character has no way into an address. */
const wellFormed = (text: string): string => Buffer.from(text).toString();
