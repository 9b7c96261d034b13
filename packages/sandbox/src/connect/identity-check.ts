import type { AccountState, FailedCheck, Verification } from './account-state.js';
import { type Fields, fieldAt, fieldsOf, textAt } from './fields.js';

/** What a check will find, and whether it knows at once. */
export interface CheckOutcome {
  readonly verification: Verification;
  readonly isImmediate: boolean;
}

/** By the test values of https://docs.stripe.com/connect/testing: the first thing that is wrong, or that all is right. */
export const checkOutcome = (state: AccountState): CheckOutcome => {
  const isPerson = fieldAt(state.fields, 'identity.entity_type') === 'individual';
  const person = isPerson ? fieldsOf(fieldAt(state.fields, 'identity.individual')) : state.representative;
  const business = isPerson ? {} : fieldsOf(fieldAt(state.fields, 'identity.business_details'));
  const failed = isPerson ? wrongOfPerson(person) : (wrongOfBusiness(business) ?? wrongOfPerson(person));
  const isImmediate =
    bornOf(person) === bornImmediate || [...idNumbers(person), ...idNumbers(business)].includes(idImmediate);
  return { isImmediate, verification: failed ?? { status: 'verified' } };
};

const failure = (code: string, message: string): FailedCheck => ({
  status: 'failed',
  code,
  message,
  isOfAddress: false,
  isOfPayoutsAlone: false,
});

const idImmediate = '222222222';
const bornImmediate = '1902-1-1';
/** Any other date is no match. */
const bornKnown = ['1901-1-1', bornImmediate];
const addressesWrong = ['address_no_match', 'address_line1_no_match'];

const wrongOfPerson = (person: Fields): FailedCheck | undefined => {
  if (idNumbers(person).includes('111111111'))
    return failure('verification_failed_id_number_match', 'The id number does not match.');
  if (!bornKnown.includes(bornOf(person)))
    return failure('verification_failed_keyed_identity', 'The date of birth does not match.');
  if (addressesWrong.includes(textAt(person, 'address.line1')))
    return failure('verification_failed_address_match', 'The address does not match.');
  return undefined;
};

const taxIdsWrong = new Map([
  ['111111111', failure('verification_failed_tax_id_match', 'The tax id does not match.')],
  ['111111112', failure('verification_failed_tax_id_not_issued', 'The tax id was never issued.')],
]);

const wrongOfBusiness = (business: Fields): FailedCheck | undefined => {
  for (const number of idNumbers(business)) {
    const wrong = taxIdsWrong.get(number);
    if (wrong !== undefined) return wrong;
  }
  const line1 = textAt(business, 'address.line1');
  if (!addressesWrong.includes(line1)) return undefined;
  // One of the two lets a business charge and only keeps it from being paid out.
  const wrong = failure('verification_failed_address_match', 'The address of the business does not match.');
  return { ...wrong, isOfAddress: true, isOfPayoutsAlone: line1 === 'address_no_match' };
};

const bornOf = (person: Fields): string =>
  ['year', 'month', 'day'].map((name) => textAt(person, `date_of_birth.${name}`)).join('-');

const idNumbers = ({ id_numbers: given }: Fields): string[] =>
  Array.isArray(given) ? given.map((entry) => textAt(fieldsOf(entry), 'value')) : [];
