import { expect, test } from 'vitest';
import { instantOf } from '../time/instant.js';
import { ADDRESS_EMPTY } from './address.js';
import { invoiceNumberForm, issuerFromLegalEntity, type LegalEntity, NUMBER_PREFIX_FORM } from './legal-entity.js';

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

test('numbers begin with the prefix of their issuer and have six digits or more', () => {
  expect(invoiceNumberForm(entity)).toEqual({ prefix: 'INV-', digitsMin: 6 });
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
