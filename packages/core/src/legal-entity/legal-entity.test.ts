import { expect, test } from 'vitest';
import { instantOf } from '../time/instant.js';
import { ADDRESS_EMPTY } from './address.js';
import { issuerFromLegalEntity, type LegalEntity, NUMBER_PREFIX_FORM, nextInvoiceNumber } from './legal-entity.js';

const entity: LegalEntity = {
  environmentId: 'env_1',
  id: 'le_1',
  name: 'Toll Ltd',
  address: { ...ADDRESS_EMPTY, city: 'Bonn', country: 'DE' },
  taxIds: [{ type: 'eu_vat', value: 'DE123456789' }],
  numberPrefix: 'INV',
  nextNumber: 1,
  footer: 'Thank you',
  isDefault: true,
  version: 1,
  createdAt: instantOf(0),
};

test.each([
  [1, 'INV-000001'],
  [999_999, 'INV-999999'],
  [1_000_000, 'INV-1000000'],
])('the number %i is written %s', (nextNumber, number) => {
  expect(nextInvoiceNumber({ ...entity, nextNumber }).number).toBe(number);
});

test('numbers follow each other without a gap', () => {
  const numbers: string[] = [];
  let issuer = entity;
  for (let count = 0; count < 3; count += 1) {
    const next = nextInvoiceNumber(issuer);
    numbers.push(next.number);
    issuer = next.entity;
  }
  expect(numbers).toEqual(['INV-000001', 'INV-000002', 'INV-000003']);
});

test.each([0, -1, 1.5])('a series that stands at %d is a bug', (nextNumber) => {
  expect(() => nextInvoiceNumber({ ...entity, nextNumber })).toThrow('counts from 1');
});

test('an invoice keeps of its issuer what is printed', () => {
  const { name, address, taxIds, footer } = entity;
  expect(issuerFromLegalEntity(entity)).toEqual({ legalEntityId: 'le_1', name, address, taxIds, footer });
});

test.each([
  ['INV', true],
  ['ACME-2026', true],
  ['', false],
  ['inv', false],
  ['-A', false],
  ['ABCDEFGHIJKLM', false],
])('%j may be a prefix of numbers: %s', (text, isPrefix) => {
  expect(NUMBER_PREFIX_FORM.test(text)).toBe(isPrefix);
});
