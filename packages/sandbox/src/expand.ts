import type { StoredObject, StripeObject } from './collection.js';
import { typeOfObject } from './contract/object-types.js';
import type { InnerWork } from './engine.js';
import { Refusal } from './errors.js';
import { collectionOf, shown } from './rendering.js';

/** https://docs.stripe.com/expand: at most four levels, of which a list's `data` is one; 20 paths are our own limit. */
const levelsMax = 4;
const pathsMax = 20;

/** The answer as the request's version shows it, with what was asked for expanded. A list's paths begin with `data.` */
export const renderAnswer = (
  work: InnerWork,
  answer: StoredObject | StripeObject,
  version: string,
  paths: readonly string[],
): StripeObject => {
  if (paths.length > pathsMax) throw expandRefusal(`You cannot expand more than ${pathsMax} properties at once.`);
  const split = paths.map((path) => pathSegments(path));
  const rendering: Rendering = { work, version };
  return renderTree(rendering, answer as StripeObject, split, []);
};

interface Rendering {
  readonly work: InnerWork;
  readonly version: string;
}

const pathSegments = (path: string): string[] => {
  const segments = path.split('.');
  if (segments.length <= levelsMax) return segments;
  const message = `You cannot expand more than ${levelsMax} levels of a property. Property: ${path}`;
  throw expandRefusal(message, 'property_expansion_max_depth');
};

type Paths = readonly (readonly string[])[];

const renderTree = (
  rendering: Rendering,
  object: StripeObject,
  paths: Paths,
  trail: readonly string[],
): StripeObject => {
  const shownObject = shownOrSame(rendering, object);
  if (paths.length === 0 && !isList(shownObject)) return shownObject;
  const rendered: Record<string, unknown> = { ...shownObject };
  if (isList(rendered)) {
    const counted = rendered.object === 'search_result' && paths.some(isTotalCount);
    if (rendered.object === 'search_result' && !counted) delete rendered.total_count;
    const asked = counted ? paths.filter((path) => !isTotalCount(path)) : paths;
    const inner = asked.map((path) => {
      if (path[0] !== 'data') throw cannotExpand([...trail, ...path], [...trail, 'data', ...path]);
      return path.slice(1);
    });
    const deeper = inner.filter((path) => path.length > 0);
    rendered.data = rendered.data.map((entry) => renderTree(rendering, entry, deeper, [...trail, 'data']));
    return rendered;
  }
  const within = Object.keys(collectionOf(rendering.work, object)?.included ?? {}).filter((name) => name.includes('.'));
  const isWithin = (path: readonly string[], name: string): boolean => `${path.join('.')}.`.startsWith(`${name}.`);
  for (const name of within) {
    const inner = paths.filter((path) => isWithin(path, name));
    if (inner.length > 0) setWithin(rendered, name.split('.'), expandWithin(rendering, object, { name, inner, trail }));
  }
  const others = paths.filter((path) => !within.some((name) => isWithin(path, name)));
  for (const [field, rest] of byFirst(others)) {
    rendered[field] = expandField(rendering, object, rendered, { field, rest, trail: [...trail, field] });
  }
  return rendered;
};

/** A list, what search found, or a list of version 2, which has no `object`. */
const isList = <T extends StripeObject>(object: T): object is T & { data: StripeObject[] } =>
  (object.object === 'list' || object.object === 'search_result' || object.next_page_url !== undefined) &&
  Array.isArray(object.data);

/** How many there are in all, which search counts only when asked: https://docs.stripe.com/api/customers/search */
const isTotalCount = (path: readonly string[]): boolean => path.length === 1 && path[0] === 'total_count';

const shownOrSame = (rendering: Rendering, object: StripeObject): StripeObject =>
  typeof object.id === 'string' ? shown(rendering.work, object as unknown as StoredObject, rendering.version) : object;

const byFirst = (paths: Paths): Map<string, string[][]> => {
  const grouped = new Map<string, string[][]>();
  for (const [first = '', ...rest] of paths)
    grouped.set(first, [...(grouped.get(first) ?? []), ...(rest.length === 0 ? [] : [rest])]);
  return grouped;
};

interface Within {
  readonly name: string;
  readonly inner: Paths;
  readonly trail: readonly string[];
}

/** What is left out unless it is expanded, and stands inside a hash of the object: `amount_details.line_items`. */
const expandWithin = (rendering: Rendering, object: StripeObject, { name, inner, trail }: Within): unknown => {
  const included = collectionOf(rendering.work, object)?.included[name];
  const path = name.split('.');
  const rest = inner.map((one) => one.slice(path.length)).filter((one) => one.length > 0);
  const field = path.at(-1) ?? '';
  return descend(rendering, included?.(object as never, rendering.work, rendering.version), {
    field,
    rest,
    trail: [...trail, ...path],
  });
};

/** Copies the hashes on the way, which are shared with what is stored; nothing is put into a hash that is not there. */
const setWithin = (target: Record<string, unknown>, path: readonly string[], value: unknown): void => {
  const [first = '', ...rest] = path;
  if (rest.length === 0) target[first] = value;
  else if (target[first] !== null) {
    const copy: Record<string, unknown> = { ...(target[first] as object) };
    setWithin(copy, rest, value);
    target[first] = copy;
  }
};

interface Step {
  readonly field: string;
  readonly rest: Paths;
  readonly trail: readonly string[];
}

const expandField = (rendering: Rendering, object: StripeObject, rendered: StripeObject, step: Step): unknown => {
  const collection = collectionOf(rendering.work, object);
  const included = ownOf(collection?.included ?? {}, step.field);
  if (included !== undefined)
    return descend(rendering, included(object as never, rendering.work, rendering.version), step);
  const value = ownOf(rendered, step.field);
  if (typeof value === 'string' || value === undefined || value === null) {
    if (!isExpandable(object, step.field)) throw cannotExpand(step.trail);
  } else if (step.rest.length === 0 && typeof value !== 'object') throw cannotExpand(step.trail);
  return descend(rendering, value, step);
};

/** Not by the look of it alone: every object has a `constructor`. */
const ownOf = <T>(fields: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(fields, name) ? fields[name] : undefined;

const descend = (rendering: Rendering, value: unknown, step: Step): unknown => {
  if (Array.isArray(value)) return value.map((entry) => descend(rendering, entry, step));
  const target = typeof value === 'string' ? objectWithId(rendering.work, value, step.field) : value;
  if (typeof target !== 'object' || target === null) return value;
  return renderTree(rendering, target as StripeObject, step.rest, step.trail);
};

const objectWithId = (work: InnerWork, id: string, field: string): unknown => {
  // A card or bank account that is a source is a payment method of the same id, too.
  const method = field.endsWith('payment_method') ? work.state.store.get('payment_method', id) : undefined;
  if (method !== undefined) return method;
  const prefix = id.slice(0, id.lastIndexOf('_'));
  const collection =
    work.engine.collectionByPrefix(prefix) ?? work.engine.collectionByPrefix(id.slice(0, id.indexOf('_')));
  const found =
    collection === undefined
      ? undefined
      : (work.state.store.get(collection.type, id) ?? work.deletedStub(collection as never, id));
  return found ?? objectNamed(work, id, field);
};

/** Coupons and products may have ids of their makers' choice, which say nothing: the name of the field does. */
const objectNamed = (work: InnerWork, id: string, field: string): unknown => {
  const collection = work.engine.collectionOf(field);
  return collection === undefined ? undefined : work.state.store.get(collection.type, id);
};

/** What the contract says of a field of a Stripe object; inside nameless objects (`parent.details`) anything is tried. */
const isExpandable = (object: StripeObject, field: string): boolean => {
  const type = typeof object.object === 'string' ? typeOfObject(object.object) : undefined;
  if (type === undefined) return object.object === undefined && Object.hasOwn(object, field);
  return allowsExpansion(ownOf(type.f, field));
};

const allowsExpansion = (schema: unknown): boolean => {
  if (typeof schema !== 'object' || schema === null) return typeof schema === 'string' && schema.startsWith('@');
  if ('x' in schema || 'l' in schema) return true;
  if ('n' in schema) return allowsExpansion(schema.n);
  if ('a' in schema) return allowsExpansion(schema.a);
  return 'u' in schema && Array.isArray(schema.u) && schema.u.some(allowsExpansion);
};

const cannotExpand = (trail: readonly string[], instead?: readonly string[]): Refusal => {
  const hint = instead === undefined ? '' : ` You may want to try expanding '${instead.join('.')}' instead.`;
  return expandRefusal(`This property cannot be expanded (${trail.join('.')}).${hint}`);
};

/** Names no parameter, and most of them no code: so did every one that was seen. */
const expandRefusal = (message: string, code?: string): Refusal =>
  new Refusal(
    400,
    { type: 'invalid_request_error', message, ...(code === undefined ? {} : { code }) },
    { isBeforeExecution: true },
  );
