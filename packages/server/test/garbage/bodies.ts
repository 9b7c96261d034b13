import { resolved, type Schema } from './document.js';
import { type Json, strangeJson } from './rubbish.js';
import { fc } from './runs.js';

/** Ids of objects that are there, by the noun of their address; those of others, and of none, among them. */
export interface Ids {
  readonly of: Readonly<Record<string, readonly string[]>>;
  readonly foreign: readonly string[];
}

const NOUN_OF_FIELD: Readonly<Record<string, string>> = {
  customer_id: 'customers',
  invoice_id: 'invoices',
  payment_id: 'payments',
  legal_entity_id: 'legal_entities',
  payment_method_id: 'payment_methods',
  invoice_line_id: 'invoice_lines',
  connection_id: 'connections',
  endpoint_id: 'webhook_endpoints',
  event_id: 'events',
  provider_customer_id: 'stripe_customers',
};

/** What the schema calls any text, and a good caller fills with something that means something. */
const MEANINGFUL: Readonly<Record<string, readonly Json[]>> = {
  currency: ['eur', 'usd', 'jpy', 'bhd'],
  quantity: ['1', '2', '0.5', 3],
  unit_amount: ['1000', 250, '0.25', -100],
  tax_rate_percent: ['0', '19', '7.7'],
  due_at: ['2027-04-01T00:00:00Z'],
  start: ['2027-03-01T00:00:00Z'],
  end: ['2027-04-01T00:00:00+02:00'],
  time_zone: ['Europe/Berlin', 'UTC', 'America/St_Johns'],
  payment_provider_code: ['default', 'sandbox'],
  secret_key: ['sk_test_sandbox_world', 'sk_test_sandbox_second', 'sk_live_sandbox_x'],
  publishable_key: ['pk_test_sandbox_world'],
  webhook_secret: ['whsec_0123456789abcdef'],
  url: ['https://host.example/billing', 'http://127.0.0.1:9/'],
  external_id: ['u_1', 'u_2', 'u_new'],
  event_types: ['invoice.paid', 'customer.created'],
  owner_id: ['cus_none'],
  from: ['2027-01-01T00:00:00Z'],
  until: ['2028-01-01T00:00:00Z'],
};

const TEXT_SHOWN_MAX = 30;
const ITEMS_MAX = 3;

/** A value that the schema allows, and that mostly means something: ids are those of objects that are there. */
export function validValue(given: Schema, name: string, ids: Ids): fc.Arbitrary<Json> {
  const schema = resolved(given);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined && MEANINGFUL[name] === undefined)
    return fc.oneof(...schema.anyOf.map((each) => validValue(each, name, ids)));
  if (schema.type === 'object') return validObject(schema, ids);
  if (schema.type === 'array') {
    const minLength = schema.minItems ?? 0;
    return fc.array(validValue(schema.items ?? {}, name, ids), { minLength, maxLength: ITEMS_MAX });
  }
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'integer' || schema.type === 'number') return validNumber(schema);
  if (schema.type === 'null') return fc.constant(null);
  return validText(schema, name, ids);
}

function validObject(schema: Schema, ids: Ids): fc.Arbitrary<Json> {
  const { properties, required = [], additionalProperties } = schema;
  if (properties === undefined || Object.keys(properties).length === 0) {
    if (typeof additionalProperties !== 'object') return fc.constant({});
    const key = fc.constantFrom('plan', 'seat', 'x-y', 'ключ');
    return fc.dictionary(key, validValue(additionalProperties, 'value', ids), { maxKeys: ITEMS_MAX });
  }
  const fields = Object.entries(properties).map(([name, each]) => [name, validValue(each, name, ids)] as const);
  return fc.record(Object.fromEntries(fields), { requiredKeys: [...required], noNullPrototype: true });
}

function validNumber({ minimum = -1_000_000, maximum = 1_000_000 }: Schema): fc.Arbitrary<Json> {
  const nearZero = { min: Math.max(minimum, -5_000), max: Math.min(maximum, 5_000) };
  return fc.oneof(
    { weight: 4, arbitrary: fc.integer(nearZero) },
    { weight: 1, arbitrary: fc.constantFrom(minimum, maximum) },
  );
}

function validText(schema: Schema, name: string, ids: Ids): fc.Arbitrary<Json> {
  const noun = NOUN_OF_FIELD[name];
  const known = noun === undefined ? [] : (ids.of[noun] ?? []);
  if (known.length > 0) return fc.constantFrom(...known);
  const meant = MEANINGFUL[name];
  if (meant !== undefined) return fc.constantFrom(...meant);
  if (schema.format === 'uri' || name.endsWith('_url')) return fc.constant('https://host.example/back');
  if (schema.pattern !== undefined) return fc.stringMatching(new RegExp(schema.pattern)).map(withinBounds(schema));
  const { minLength = 0, maxLength = TEXT_SHOWN_MAX } = schema;
  return fc.string({ minLength: Math.max(1, minLength), maxLength: Math.min(maxLength, TEXT_SHOWN_MAX) });
}

const withinBounds =
  ({ maxLength = TEXT_SHOWN_MAX }: Schema) =>
  (text: string): string =>
    text.slice(0, maxLength);

/** Anything at all in the place of a parameter or an id, ids of the wrong noun and of others first. */
export function wrongId(ids: Ids): fc.Arbitrary<string> {
  const all = Object.values(ids.of).flat();
  return fc.constantFrom(...all, ...ids.foreign, 'no_such_thing');
}

export const anyJson = (ids: Ids): fc.Arbitrary<Json> =>
  fc.oneof({ weight: 5, arbitrary: strangeJson }, { weight: 1, arbitrary: wrongId(ids) });
