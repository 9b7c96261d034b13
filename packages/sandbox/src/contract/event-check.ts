import { contract, type ObjectSchema, type Schema } from './contract.js';
import { typeAt } from './older-shapes.js';
import { fieldMisfits, misfits } from './response-check.js';

type Fields = Readonly<Record<string, unknown>>;

/** What of an event with a snapshot, as it was pushed or kept, does not fit the contract in its own version. */
export const snapshotMisfits = (event: unknown): string[] => {
  if (!isPlain(event)) return ['the event is no object'];
  const { type, api_version: version, data } = event;
  if (typeof version !== 'string') return ['the event has no version'];
  const found = misfits('@EventBase', event, version, 'the event');
  const schema = contract.snapshotEvents[String(type)];
  if (schema === undefined) return [...found, `the event: ${String(type)} is no event of Stripe`];
  if (!isPlain(data)) return [...found, 'the event has no data'];
  const { object, previous_attributes: previous, ...more } = data;
  found.push(...Object.keys(more).map((name) => `the event.data.${name} is no field`));
  found.push(...misfits(schema, object, version, 'the event.data.object'));
  if (previous === undefined) return found;
  if (!String(type).endsWith('updated')) found.push(`the event.data.previous_attributes: ${String(type)} has none`);
  return [...found, ...partialMisfits(schema, previous, { version, path: 'the event.data.previous_attributes' })];
};

/** What of a thin notification, as it was pushed, does not fit. It names what it is about and holds nothing of it. */
export const notificationMisfits = (notification: unknown): string[] => {
  const found = misfits('@V2.Core.EventBase', notification, contract.version, 'the notification');
  if (!isPlain(notification)) return found;
  const { type, data, changes, related_object: related } = notification;
  const name = String(type);
  if (!name.startsWith('v2.') && !contract.thinEvents.includes(name))
    found.push(`the notification: ${name} is no thin event of Stripe`);
  if (data !== undefined || changes !== undefined) found.push('the notification holds more than it tells');
  if (related === undefined) return found;
  return [
    ...found,
    ...fieldMisfits(relatedObject, Object(related), contract.version, 'the notification.related_object'),
  ];
};

/** https://docs.stripe.com/api/v2/core/events/object */
const relatedObject: ObjectSchema = { f: { id: 's', type: 's', url: 's' }, r: ['id', 'type', 'url'] };

interface Place {
  readonly version: string;
  readonly path: string;
}

/** Only what changed is there, inside of objects, too; what was not there before is null. */
const partialMisfits = (schema: Schema, value: unknown, { version, path }: Place): string[] => {
  if (value === null || schema === '*') return [];
  const inner = typeof schema === 'object' && 'n' in schema ? schema.n : schema;
  if (!isPlain(value) || value.object === 'list') return misfits(inner, value, version, path);
  if (typeof inner === 'object' && 'm' in inner) return partialFields(() => inner.m, value, { version, path });
  if (typeof inner === 'object' && ('u' in inner || 'x' in inner)) return leastOf(inner, value, { version, path });
  const type = typeof inner === 'string' && inner.startsWith('@') ? typeAt(version, inner.slice(1)) : undefined;
  if (type === undefined) return misfits(inner, value, version, path);
  return partialFields((name) => (Object.hasOwn(type.f, name) ? type.f[name] : type.f['*']), value, { version, path });
};

const partialFields = (schemaOf: (name: string) => Schema | undefined, value: Fields, at: Place): string[] =>
  Object.entries(value).flatMap(([name, one]) => {
    const schema = schemaOf(name);
    const path = `${at.path}.${name}`;
    return schema === undefined ? [`${path} is no field`] : partialMisfits(schema, one, { ...at, path });
  });

const leastOf = (schema: { readonly u: readonly Schema[] } | { readonly x: Schema }, value: unknown, at: Place) =>
  ('u' in schema ? schema.u : [schema.x])
    .map((one) => partialMisfits(one, value, at))
    .reduce((least, one) => (one.length < least.length ? one : least));

const isPlain = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
