import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ADDRESS_EMPTY } from '../legal-entity/address.js';
import type { StripeCustomerFields } from './customer.js';
import { isSameAddress, repairOf, stripePushOf, touchedBy, withUnanswered } from './stripe-fields.js';

const nothing: StripeCustomerFields = { name: null, email: null, phone: null, address: null, metadata: {} };
const full: StripeCustomerFields = {
  name: 'Ada',
  email: 'ada@example.com',
  phone: '1',
  address: { ...ADDRESS_EMPTY, city: 'London' },
  metadata: { a: '1', b: '2' },
};

test('what Stripe was told already is not sent again', () => {
  expect(stripePushOf(full, full)).toBeNull();
  expect(stripePushOf(nothing, nothing)).toBeNull();
});

test('what went away here is emptied there, and a removed key of metadata by an empty value', () => {
  expect(stripePushOf(nothing, full)).toEqual({
    name: '',
    email: '',
    phone: '',
    address: '',
    metadata: { a: '', b: '' },
  });
  expect(stripePushOf({ ...full, metadata: { a: '1', c: '3' } }, full)).toEqual({ metadata: { c: '3', b: '' } });
});

test('a repair sends what was touched and stands otherwise, and leaves the rest to whoever wrote it', () => {
  const touched = touchedBy({ name: 'Old', address: '', metadata: { a: 'old', gone: 'old' } });
  expect(touched).toEqual({ fields: ['name', 'address'], metadataKeys: ['a', 'gone'] });
  expect(repairOf(full, full, touched)).toBeNull();
  const late = { ...full, name: 'Old', address: null, metadata: { a: 'old', gone: 'old', b: '2' } };
  const repair = { name: 'Ada', address: full.address, metadata: { a: '1', gone: '' } };
  expect(repairOf(full, late, touched)).toEqual(repair);
  const operators = {
    ...late,
    email: 'other@example.com',
    phone: null,
    metadata: { ...late.metadata, b: '3', c: '4' },
  };
  expect(repairOf(full, operators, touched)).toEqual(repair);
});

test('what is on its way is sent again until an answer came, also when it was taken back meanwhile', () => {
  const begun = withUnanswered(full, { name: 'Eva', phone: '', metadata: { c: '3' } });
  expect(stripePushOf(full, begun)).toEqual({ name: full.name, phone: full.phone, metadata: { c: '' } });
  const more = withUnanswered(begun, { address: '', name: 'Eve' });
  expect(more.unanswered).toEqual({ fields: ['name', 'phone', 'address'], metadataKeys: ['c'] });
  expect(Object.keys(stripePushOf(full, more) ?? {})).toEqual(['name', 'phone', 'address', 'metadata']);
});

test('two addresses are the same when every part is', () => {
  expect(isSameAddress(null, null)).toBe(true);
  expect(isSameAddress(null, ADDRESS_EMPTY)).toBe(false);
  for (const part of Object.keys(ADDRESS_EMPTY))
    expect(isSameAddress({ ...ADDRESS_EMPTY, [part]: 'x' }, ADDRESS_EMPTY)).toBe(false);
});

test('after any push Stripe’s metadata is what is wanted', () => {
  const metadata = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.string({ minLength: 1, maxLength: 3 }));
  fc.assert(
    fc.property(metadata, metadata, (wanted, pushed) => {
      const push = stripePushOf({ ...nothing, metadata: wanted }, { ...nothing, metadata: pushed })?.metadata ?? {};
      const merged = Object.entries({ ...pushed, ...push }).filter(([, value]) => value !== '');
      expect(Object.fromEntries(merged)).toEqual({ ...wanted });
    }),
  );
});
