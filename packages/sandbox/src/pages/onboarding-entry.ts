import type { AccountState, BankAccount } from '../connect/account-state.js';
import { type Fields, fieldAt, merged, textAt } from '../connect/fields.js';
import { tokenFrom } from '../ids.js';
import type { FieldError } from './text-field.js';

/** The pages of the form, in their order. */
export const steps = ['email', 'business', 'person', 'bank', 'review'] as const;
export type Step = (typeof steps)[number];

export type Entry = Pick<AccountState, 'bankAccount' | 'fields' | 'representative'>;

export interface Read {
  /** The account with what was entered, as far as it is any good. */
  readonly entry: Entry;
  readonly error: FieldError | null;
}

type Reader = (entry: Entry, text: (name: string) => string) => Read;

/** What was entered on a page. A visitor who leaves keeps what is good and is told of nothing. */
export const readStep = (step: Step, state: AccountState, form: URLSearchParams): Read =>
  readers[step](state, (name) => (form.get(name) ?? '').trim().slice(0, textLengthMax));

const textLengthMax = 500;

const good = (entry: Entry): Read => ({ entry, error: null });
const wrong = (entry: Entry, field: string | null, message: string): Read => ({ entry, error: { field, message } });

const withFields = (entry: Entry, fields: Fields): Entry => ({ ...entry, fields: merged(entry.fields, fields) });

const readEmail: Reader = (entry, text) => {
  const email = text('email');
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) return wrong(entry, 'email', 'Enter a valid email address.');
  return good(withFields(entry, { contact_email: email }));
};

const entityTypes = ['individual', 'company', 'non_profit'];
/** What may be typed as a number that identifies somebody: nobody's real one belongs here. */
export const testNumbers = ['000000000', '000000001', '111111111', '111111112', '222222222'];
const numberError = `Use a test number: ${testNumbers.join(', ')}.`;

const readBusiness: Reader = (entry, text) => {
  const type = text('entity_type');
  if (!entityTypes.includes(type)) return wrong(entry, 'entity_type', 'Choose what kind of business it is.');
  const country = text('country').toLowerCase() || textAt(entry.fields, 'identity.country') || 'us';
  if (!/^[a-z]{2}$/.test(country)) return wrong(entry, 'country', 'Enter the country by its two letters.');
  const website = text('website');
  const typed = withFields(entry, { identity: { entity_type: type, country } });
  if (!isWebsite(website)) return wrong(typed, 'website', 'Enter the address of the website, with https://.');
  const known = withFields(typed, { defaults: { profile: { business_url: website } } });
  return type === 'individual' ? good(known) : readCompany(known, text);
};

const isWebsite = (text: string): boolean => /^https?:\/\/[^\s/]+\.[^\s/]+/.test(text);

const readCompany: Reader = (entry, text) => {
  const name = text('registered_name');
  if (name === '') return wrong(entry, 'registered_name', 'Enter the registered name.');
  const tax = text('tax_id');
  if (!testNumbers.includes(tax)) return wrong(entry, 'tax_id', numberError);
  const address = addressOf(entry, text, 'company_');
  if (typeof address === 'string') return wrong(entry, address, 'Enter the address of the business.');
  const id_numbers = [{ type: 'us_ein', value: tax }];
  return good(withFields(entry, { identity: { business_details: { registered_name: name, address, id_numbers } } }));
};

/** The address, or the name of the field that lacks. */
const addressOf = (entry: Entry, text: (name: string) => string, prefix = ''): Fields | string => {
  const parts = {
    line1: text(`${prefix}line1`),
    city: text(`${prefix}city`),
    postal_code: text(`${prefix}postal_code`),
  };
  const missing = Object.entries(parts).find(([, value]) => value === '');
  if (missing !== undefined) return `${prefix}${missing[0]}`;
  return { ...parts, country: textAt(entry.fields, 'identity.country') || 'us' };
};

const readPerson: Reader = (entry, text) => {
  const chosen = testPeople.find(({ value }) => value === text('test_person'));
  if (chosen !== undefined) return good(withPerson(entry, chosen.person));
  const names = { given_name: text('given_name'), surname: text('surname') };
  if (names.given_name === '') return wrong(entry, 'given_name', 'Enter the first name.');
  if (names.surname === '') return wrong(entry, 'surname', 'Enter the last name.');
  const born = dateIn(text('date_of_birth'));
  if (born === null) return wrong(entry, 'date_of_birth', 'Enter the date of birth, for example 1901-01-01.');
  const address = addressOf(entry, text);
  if (typeof address === 'string') return wrong(entry, address, 'Enter the home address.');
  const number = text('id_number');
  if (!testNumbers.includes(number)) return wrong(entry, 'id_number', numberError);
  const id_numbers = [{ type: 'us_ssn', value: number }];
  return good(withPerson(entry, { ...names, date_of_birth: born, address, id_numbers }));
};

const dateIn = (text: string): Fields | null => {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  const isDate = year !== undefined && !Number.isNaN(Date.parse(text));
  return isDate ? { year: Number(year), month: Number(month), day: Number(day) } : null;
};

/** The account holder, or the one who acts for the company. */
const withPerson = (entry: Entry, person: Fields): Entry =>
  isPersonal(entry) ? withFields(entry, { identity: { individual: person } }) : { ...entry, representative: person };

export const isPersonal = ({ fields }: Pick<Entry, 'fields'>): boolean =>
  fieldAt(fields, 'identity.entity_type') === 'individual';

const readBank: Reader = (entry, text) => {
  const number = text('account_number') || text('test_account');
  if (!/^000\d{6,9}$/.test(number)) {
    return wrong(entry, 'account_number', 'Use a test account such as 000123456789: no real one belongs here.');
  }
  return good({ ...entry, bankAccount: bankAccountOf(number) });
};

const bankAccountOf = (number: string): BankAccount => ({
  id: `ba_1${tokenFrom(`bank:${number}`, 23)}`,
  last4: number.slice(-4),
  routing: '110000000',
  fingerprint: tokenFrom(`bank fingerprint:${number}`, 16),
});

const readers: Readonly<Record<Step, Reader>> = {
  email: readEmail,
  business: readBusiness,
  person: readPerson,
  bank: readBank,
  review: (entry) => good(entry),
};

const somebody = (year: number, idNumber: string, line1 = 'address_full_match'): Fields => ({
  given_name: 'Jenny',
  surname: 'Rosen',
  date_of_birth: { day: 1, month: 1, year },
  address: { line1, city: 'South San Francisco', postal_code: '94080', state: 'CA', country: 'us' },
  id_numbers: [{ type: 'us_ssn', value: idNumber }],
});

/** https://docs.stripe.com/connect/testing: who is found to be what. */
export const testPeople = [
  { value: 'verified_later', person: somebody(1901, '000000000'), note: 'Is verified after a moment' },
  { value: 'verified_at_once', person: somebody(1902, '222222222'), note: 'Is verified at once' },
  { value: 'wrong_number', person: somebody(1901, '111111111'), note: 'The number does not match' },
  {
    value: 'wrong_address',
    person: somebody(1901, '000000000', 'address_no_match'),
    note: 'The address does not match',
  },
] as const;

/** A business that Stripe knows already: its details are taken over, and nothing else of it. */
export const existingDetails = (entry: Entry): Entry => {
  const business = withFields(entry, {
    identity: { entity_type: 'individual', country: textAt(entry.fields, 'identity.country') || 'us' },
    defaults: { profile: { business_url: 'https://existing.example' } },
  });
  const person = withPerson(business, somebody(1902, '222222222'));
  return { ...person, bankAccount: bankAccountOf('000123456789') };
};
