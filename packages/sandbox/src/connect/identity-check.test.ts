import { describe, expect, test } from 'vitest';
import type { AccountState } from './account-state.js';
import { merged } from './fields.js';
import { checkOutcome } from './identity-check.js';

// https://docs.stripe.com/connect/testing

const person = {
  surname: 'Doe',
  date_of_birth: { day: 1, month: 1, year: 1901 },
  address: { line1: 'address_full_match' },
  id_numbers: [{ type: 'us_ssn', value: '000000000' }],
};
const business = { address: { line1: 'address_full_match' }, id_numbers: [{ type: 'us_ein', value: '000000000' }] };

const state = (identity: object, representative: object = {}): AccountState =>
  ({ fields: { identity }, representative }) as unknown as AccountState;

const ofPerson = (changes: object) =>
  checkOutcome(state({ entity_type: 'individual', individual: merged(person, { ...changes }) }));
const ofBusiness = (changes: object, representative: object = person) =>
  checkOutcome(state({ entity_type: 'company', business_details: merged(business, { ...changes }) }, representative));

const number = (value: string): object => ({ id_numbers: [{ type: 'x', value }] });

describe('behaviour 70: a test value decides what the check of a person finds', () => {
  test.each([
    ['all that is right', {}, 'verified', false],
    ['a date that matches at once', { date_of_birth: { year: 1902 } }, 'verified', true],
    ['a date that does not match', { date_of_birth: { day: 2 } }, 'verification_failed_keyed_identity', false],
    ['a date on a list', { date_of_birth: { year: 1900 } }, 'verification_failed_keyed_identity', false],
    ['a number that matches at once', number('222222222'), 'verified', true],
    ['a number that does not', number('111111111'), 'verification_failed_id_number_match', false],
    [
      'an address that does not',
      { address: { line1: 'address_no_match' } },
      'verification_failed_address_match',
      false,
    ],
  ])('%s', (_title, changes, found, isImmediate) => {
    const { isImmediate: atOnce, verification } = ofPerson(changes);
    expect([verification.status === 'failed' ? verification.code : verification.status, atOnce]).toEqual([
      found,
      isImmediate,
    ]);
  });
});

describe('behaviour 70: a test value decides what the check of a business finds', () => {
  test.each([
    ['all that is right', {}, 'verified', false],
    ['a tax id of a non-profit', number('000000001'), 'verified', false],
    ['a tax id that does not match', number('111111111'), 'verification_failed_tax_id_match', false],
    ['a tax id that was never issued', number('111111112'), 'verification_failed_tax_id_not_issued', false],
    ['an address nearly right', { address: { line1: 'address_no_match' } }, 'verification_failed_address_match', true],
    [
      'an address all wrong',
      { address: { line1: 'address_line1_no_match' } },
      'verification_failed_address_match',
      false,
    ],
  ])('%s', (_title, changes, found, isOfPayoutsAlone) => {
    const { verification } = ofBusiness(changes);
    const isFailed = verification.status === 'failed';
    expect([isFailed ? verification.code : verification.status, isFailed && verification.isOfPayoutsAlone]).toEqual([
      found,
      isOfPayoutsAlone,
    ]);
  });

  test('and so does the person who acts for it', () => {
    expect(ofBusiness({}, { ...person, ...number('111111111') }).verification.status).toBe('failed');
  });
});
