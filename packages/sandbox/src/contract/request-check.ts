import { type ErrorBody, emptyParameter, invalidRequest, Refusal } from '../errors.js';
import { isRecord, type Raw, type RawRecord } from '../form.js';
import { olderEnumValues, parameterNoLongerTaken, takesOlderParameter, versionAtLeast } from '../versions.js';
import { contract, type ObjectSchema, type Schema } from './contract.js';
import { laterNames } from './later-requests.js';
import { moveToLatest } from './older-requests.js';
import { checkString, elided } from './string-check.js';

type Checked = unknown;

/** Where a value stands in the request, and by which rules it is read. */
interface Place {
  readonly path: string;
  readonly version: string;
  /** The greatest length of a string here; the usual one when left out. */
  readonly lengthMax?: number | undefined;
}

/**
 * The parameters as the operation's type says, or a refusal as Stripe words it: unknown, missing, wrong enum, wrong
 * type, each with the full path of the parameter.
 */
export const checkRequest = (operation: string, raw: RawRecord, version: string): Record<string, unknown> => {
  const name = contract.operations[operation]?.params;
  const type: ObjectSchema = (name === undefined ? undefined : contract.types[name]) ?? { f: {}, r: [] };
  const older: Record<string, Checked> = {};
  const later = laterNames(operation, raw, version);
  if (later.length > 0) throw unknownParameters(later);
  moveToLatest(operation, raw, version);
  for (const param of Object.keys(raw)) {
    if (knows(type, param)) continue;
    if (takesOlderParameter(operation, param, version)) {
      older[param] = plain(raw[param] ?? '');
      delete raw[param];
    } else if (parameterNoLongerTaken(operation, param)) throw noLongerTaken(param);
  }
  const checked = checkObject(type, raw, { path: '', version });
  return Object.assign(checked, older);
};

/** Not by the look of it alone: every object has a `constructor`. */
const knows = (type: ObjectSchema, name: string): boolean => type.f[name] !== undefined && Object.hasOwn(type.f, name);

const noLongerTaken = (param: string): Refusal =>
  invalidRequest(
    `The \`${param}\` parameter is no longer supported in this API version. Use automatic payment methods, \`allowed_payment_method_types\` or \`excluded_payment_method_types\` instead.`,
    { code: `${param}_no_longer_supported`, param },
  );

const checkObject = (type: ObjectSchema, raw: RawRecord, { path, version }: Place): Record<string, Checked> => {
  const names = Object.keys(raw);
  if (!names.every((name) => knows(type, name))) {
    throw unknownParameters(names.filter((name) => !knows(type, name)).map((name) => join(path, name)));
  }
  for (const name of type.r) {
    if (raw[name] === undefined) throw missingParameter(join(path, name));
  }
  const checked: Record<string, Checked> = {};
  for (const name of names) {
    const [schema, value] = [type.f[name], raw[name]];
    if (schema === undefined || value === undefined) continue;
    if (value === '' && type.r.includes(name) && !isUnsettable(schema)) throw emptyParameter(join(path, name));
    checked[name] = check(schema, value, { path: join(path, name), version, lengthMax: type.m?.[name] });
  }
  return checked;
};

const isUnsettable = (schema: Schema): boolean => typeof schema === 'object' && 'n' in schema;

const join = (path: string, name: string): string => (path === '' ? name : `${path}[${name}]`);

const check = (schema: Schema, raw: Raw, place: Place): Checked => {
  if (typeof schema === 'string')
    return schema.startsWith('@') ? checkNamed(schema, raw, place) : checkScalar(schema, raw, place);
  if ('n' in schema) return raw === '' || raw === null ? '' : check(schema.n, raw, place);
  if ('e' in schema) return checkEnum(schema.e, raw, place);
  if ('a' in schema) return checkArray(schema.a, raw, place);
  if ('m' in schema) return checkMap(schema.m, raw, place);
  if ('u' in schema) return checkUnion(schema.u, raw, place);
  return plain(raw);
};

const checkNamed = (schema: string, raw: Raw, place: Place): Checked => {
  const type = contract.types[schema.slice(1)];
  if (!isRecord(raw)) throw invalidRequest('Invalid object', { param: place.path });
  return type === undefined ? plain(raw) : checkObject(type, raw, place);
};

const checkScalar = (schema: string, raw: Raw, { path, lengthMax }: Place): Checked => {
  if (schema === '*') return plain(raw);
  if (typeof raw === 'object')
    throw invalidRequest(`Invalid ${scalarName(schema)}: ${elided(JSON.stringify(plain(raw)))}`, { param: path });
  if (schema === 's') return checkString(String(raw), path, lengthMax);
  if (raw === '') throw emptyParameter(path);
  if (schema === 'b') return checkBoolean(raw, path);
  if (schema === 'n') return checkNumber(raw, path);
  return checkDecimal(String(raw), path);
};

const scalarName = (schema: string): string =>
  ({ s: 'string', n: 'integer', b: 'boolean', d: 'decimal' })[schema] ?? 'value';

const checkBoolean = (raw: string | number | boolean, path: string): boolean => {
  if (raw === true || raw === 'true' || raw === '1') return true;
  if (raw === false || raw === 'false' || raw === '0') return false;
  throw invalidRequest(`Invalid boolean: ${elided(String(raw))}`, { param: path });
};

/** Percentages are the only numbers of the API that are not whole. */
const isFractional = (path: string): boolean => /percent(age|_off)?\]?$/.test(path);

const checkNumber = (raw: string | number | boolean, path: string): number => {
  const number = typeof raw === 'boolean' ? Number.NaN : Number(raw);
  const written = typeof raw === 'number' || /^-?\d+(\.\d+)?$/.test(String(raw));
  if (written && Number.isSafeInteger(number)) return number;
  if (written && isFractional(path) && Number.isFinite(number)) return number;
  throw invalidRequest(`Invalid integer: ${elided(String(raw))}`, { code: 'parameter_invalid_integer', param: path });
};

const checkDecimal = (text: string, path: string): string => {
  if (/^-?\d{1,20}(\.\d{1,12})?$/.test(text)) return text;
  throw invalidRequest(`Invalid decimal: ${elided(text)}; must contain at maximum twelve decimal places.`, {
    param: path,
  });
};

const checkEnum = (values: readonly (string | number | boolean)[], raw: Raw, { path, version }: Place): Checked => {
  if (typeof raw === 'string' && values.includes(raw)) return raw;
  // Neither a list nor an object is one of them, whatever it reads as.
  const said = typeof raw === 'object' ? '' : String(raw);
  const found = values.find((value) => String(value) === said);
  if (found !== undefined) return found;
  const older = olderEnumValues[path];
  if (older !== undefined && !versionAtLeast(version, 'dahlia') && older.includes(said)) return raw;
  if (raw === '') throw emptyParameter(path);
  throw invalidRequest(`Invalid ${path}: must be one of ${spoken(values.map(String))}`, { param: path });
};

const checkArray = (schema: Schema, raw: Raw, place: Place): Checked => {
  const { path } = place;
  if (Array.isArray(raw))
    return raw.map((entry, position) => check(schema, entry, { ...place, path: join(path, String(position)) }));
  if (!isRecord(raw) || Object.keys(raw).some((key) => !/^\d{1,5}$/.test(key))) {
    throw invalidRequest('Invalid array', { param: path });
  }
  const inOrder = Object.entries(raw).sort(([one], [other]) => Number(one) - Number(other));
  return inOrder.map(([position, entry]) => check(schema, entry, { ...place, path: join(path, position) }));
};

const checkMap = (schema: Schema, raw: Raw, { path, version }: Place): Checked => {
  if (!isRecord(raw)) throw invalidRequest('Invalid object', { param: path });
  const inside = (name: string): Place => ({ path: join(path, name), version });
  const entries = Object.entries(raw).map(([name, value]) => [
    checkString(name, path),
    check(schema, value, inside(name)),
  ]);
  return Object.fromEntries(entries);
};

/** The first member that takes the value; when none does, the refusal of the likeliest one. */
const checkUnion = (members: readonly Schema[], raw: Raw, place: Place): Checked => {
  const isObject = typeof raw === 'object' && raw !== null;
  let refusal: Refusal | undefined;
  for (const member of likelyMembers(members, isObject)) {
    try {
      return check(member, raw, place);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusal ??= error;
    }
  }
  throw (
    refusal ??
    invalidRequest(isObject ? 'Invalid value' : `Invalid value: ${elided(String(raw))}`, { param: place.path })
  );
};

interface LikelyMembers {
  readonly objects: readonly Schema[];
  readonly scalars: readonly Schema[];
}

/** Made once for each union of the contract. */
const likely = new WeakMap<readonly Schema[], LikelyMembers>();

/** Those that may take the value, the strictest first. */
const likelyMembers = (members: readonly Schema[], isObject: boolean): readonly Schema[] => {
  const known = likely.get(members);
  if (known !== undefined) return isObject ? known.objects : known.scalars;
  const inOrder = [...members].sort((one, other) => strictness(one) - strictness(other));
  const made = { objects: inOrder.filter(takesObjects), scalars: inOrder.filter((member) => !takesObjects(member)) };
  likely.set(members, made);
  return isObject ? made.objects : made.scalars;
};

const takesObjects = (schema: Schema): boolean =>
  typeof schema === 'string' ? schema.startsWith('@') : 'a' in schema || 'm' in schema || 'l' in schema;

const strictness = (schema: Schema): number => {
  if (typeof schema === 'object') return 0;
  return ['b', 'n', 'd', 's'].indexOf(schema) + 1;
};

/** A value the contract says nothing about, as ordinary records. */
const plain = (raw: Raw): unknown => {
  if (Array.isArray(raw)) return raw.map(plain);
  if (!isRecord(raw)) return raw;
  const keys = Object.keys(raw);
  if (keys.length > 0 && keys.every((key, position) => key === String(position))) return Object.values(raw).map(plain);
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, plain(value)]));
};

const spoken = (values: readonly string[]): string => {
  if (values.length <= 1) return values.join('');
  return `${values.slice(0, -1).join(', ')}${values.length > 2 ? ',' : ''} or ${values.at(-1) ?? ''}`;
};

/** A request may have many unknown parameters with long names; its refusal need not. */
const shownOfNamesMax = 1_000;
const elidedNames = (names: readonly string[]): string => names.join(', ').slice(0, shownOfNamesMax);

const unknownParameters = (names: readonly string[]): Refusal => {
  const [first = ''] = names;
  const body: ErrorBody = {
    type: 'invalid_request_error',
    code: 'parameter_unknown',
    message: `Received unknown parameter${names.length === 1 ? '' : 's'}: ${elidedNames(names)}`,
    // `=x` has no name to tell.
    ...(first === '' ? {} : { param: first.slice(0, shownOfNamesMax) }),
  };
  return new Refusal(400, body, { isBeforeExecution: true });
};

const missingParameter = (param: string): Refusal =>
  invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
