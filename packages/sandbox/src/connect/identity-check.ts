import type { AccountState, Verification } from './account-state.js';
import { fieldAt, fieldsOf, textAt } from './fields.js';

/** What a check will find, and whether it knows at once. https://docs.stripe.com/connect/testing#identity-verification */
export interface CheckOutcome {
  readonly verification: Verification;
  readonly isImmediate: boolean;
}

const idMismatch = '111111111';
const idImmediate = '222222222';
const yearsImmediate = ['1902'];
/** The date of birth that stands for somebody on a list of sanctions. */
const yearsListed = ['1900'];
const addressMismatch = 'address_no_match';

/** By the documented test values; whatever is none of them is taken as true after a moment. */
export const checkOutcome = (state: AccountState): CheckOutcome => {
  const isPerson = fieldAt(state.fields, 'identity.entity_type') === 'individual';
  const person = isPerson ? fieldsOf(fieldAt(state.fields, 'identity.individual')) : state.representative;
  const business = fieldsOf(fieldAt(state.fields, 'identity.business_details'));
  const year = textAt(person, 'date_of_birth.year');
  const numbers = [...idNumbers(person.id_numbers), ...(isPerson ? [] : idNumbers(business.id_numbers))];
  const lines = [textAt(person, 'address.line1'), isPerson ? '' : textAt(business, 'address.line1')];
  const isImmediate = yearsImmediate.includes(year) || numbers.includes(idImmediate);
  if (numbers.includes(idMismatch)) {
    const code = isPerson ? 'verification_failed_id_number_match' : 'verification_failed_tax_id_match';
    return { isImmediate, verification: failed(code, 'The number could not be matched to the name and date given.') };
  }
  if (lines.includes(addressMismatch)) {
    return { isImmediate, verification: failed('verification_failed_address_match', 'The address does not match.') };
  }
  if (yearsListed.includes(year)) {
    return { isImmediate, verification: failed('verification_failed_keyed_identity', 'The person is not known.') };
  }
  return { isImmediate, verification: { status: 'verified' } };
};

const failed = (code: string, message: string): Verification => ({ status: 'failed', code, message });

const idNumbers = (given: unknown): string[] =>
  Array.isArray(given) ? given.map((entry) => textAt(fieldsOf(entry), 'value')) : [];
