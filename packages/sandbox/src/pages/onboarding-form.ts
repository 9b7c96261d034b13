import type { AccountState } from '../connect/account-state.js';
import { type Fields, fieldAt, fieldsOf, textAt } from '../connect/fields.js';
import { requirementsOf } from '../connect/requirements.js';
import { escapeHtml } from './layout.js';
import { isPersonal, type Step, steps, testNumbers, testPeople } from './onboarding-entry.js';
import { errorAlert, type FieldError, type TextField, textField } from './text-field.js';

export interface Shown {
  readonly step: Step;
  readonly state: AccountState;
  readonly error: FieldError | null;
  /** What the visitor just typed, to be shown again. */
  readonly typed: URLSearchParams;
}

export const stepTitles: Readonly<Record<Step, string>> = {
  email: 'Get started',
  business: 'Your business',
  person: 'About you',
  bank: 'Bank account for payouts',
  review: 'Review and submit',
};

export const onboardingForm = (shown: Shown): string => `${errorAlert(shown.error)}${progress(shown.step)}
<form method="post">
${bodies[shown.step](shown)}
</form>`;

const progress = (current: Step): string => {
  const items = steps.map((step) =>
    step === current
      ? `<li aria-current="step"><strong>${stepTitles[step]}</strong></li>`
      : `<li><a href="${step}">${stepTitles[step]}</a></li>`,
  );
  return `<nav aria-label="Steps"><ol class="links">${items.join('')}</ol></nav>`;
};

/** The first button is what Enter in a field presses. */
const actions = (verb: string): string =>
  `<p class="actions"><button type="submit">${verb}</button> <button class="quiet" name="action" value="leave" formnovalidate>Save and leave</button></p>`;

const field = (shown: Shown, one: TextField, known: string): string =>
  textField(one, typedText(shown, one.name) ?? known, shown.error);

/** Somebody who typed a real number by mistake must not find it in a page. */
const typedText = ({ typed }: Shown, name: string): string | null => {
  const text = typed.get(name);
  const isNumber = name === 'account_number' || name === 'id_number' || name === 'tax_id';
  return isNumber && text !== null && !testNumbers.includes(text) ? '' : text;
};

const emailBody = (shown: Shown): string => `${wanted(shown.state)}
${field(shown, { name: 'email', label: 'Email', attributes: 'type="email" autocomplete="email"' }, textAt(shown.state.fields, 'contact_email'))}
${actions('Continue')}
<h2>Or use existing details</h2>
<p class="hint">Takes over the business details of an account that Stripe knows by this email. Nothing else of it comes along: no customers, no prices, no payments.</p>
<p class="actions"><button class="quiet" name="details" value="existing">Use existing details</button></p>`;

/** What this visit is for. */
const wanted = (state: AccountState): string => {
  const open = requirementsOf(state).filter(({ awaiting }) => awaiting === 'user');
  if (open.length === 0) return '<p>Nothing is missing. You can change what is known of your business.</p>';
  const rows = open.map(({ description, errors, status }) => {
    const why = errors.map((error) => `: ${error.description}`).join('');
    return `<li><code>${escapeHtml(description)}</code> ${status.replaceAll('_', ' ')}${escapeHtml(why)}</li>`;
  });
  return `<div class="field"><h2>Still needed</h2><ul>${rows.join('')}</ul></div>`;
};

const businessBody = (shown: Shown): string => {
  const { fields } = shown.state;
  const type = shown.typed.get('entity_type') ?? textAt(fields, 'identity.entity_type');
  const kinds = [
    ['individual', 'One person'],
    ['company', 'A company'],
    ['non_profit', 'A non-profit'],
  ] as const;
  const radios = kinds.map(
    ([value, label], at) =>
      `<label><input type="radio" name="entity_type" value="${value}"${at === 0 ? ' id="entity_type"' : ''}${type === value ? ' checked' : ''}> ${label}</label>`,
  );
  const company = fieldsOf(fieldAt(fields, 'identity.business_details'));
  const isWrong = shown.error?.field === 'entity_type';
  const wrong = isWrong ? `<p class="error" id="entity_type-error">${escapeHtml(shown.error?.message ?? '')}</p>` : '';
  return `<fieldset class="field"${isWrong ? ' aria-describedby="entity_type-error"' : ''}><legend>Kind of business</legend>${radios.join('')}${wrong}</fieldset>
${field(shown, { name: 'country', label: 'Country', hint: 'Two letters' }, textAt(fields, 'identity.country'))}
${field(shown, { name: 'website', label: 'Website', hint: 'For example https://shop.example' }, textAt(fields, 'defaults.profile.business_url'))}
<h2>Companies and non-profits</h2>
${field(shown, { name: 'registered_name', label: 'Registered name' }, textAt(company, 'registered_name'))}
${field(shown, { name: 'tax_id', label: 'Tax id', hint: numberHint }, firstNumber(company))}
${addressFields(shown, company, 'company_')}
${actions('Continue')}`;
};

const numberHint = 'Test numbers only: 000000000 is right, 111111111 is wrong, 222222222 is right at once';

const firstNumber = (holder: Fields): string =>
  Array.isArray(holder.id_numbers) ? textAt(fieldsOf(holder.id_numbers[0]), 'value') : '';

const addressFields = (shown: Shown, holder: Fields, prefix = ''): string =>
  [
    field(shown, { name: `${prefix}line1`, label: 'Address', hint: lineHint }, textAt(holder, 'address.line1')),
    '<div class="pair">',
    field(shown, { name: `${prefix}city`, label: 'City' }, textAt(holder, 'address.city')),
    field(shown, { name: `${prefix}postal_code`, label: 'Postal code' }, textAt(holder, 'address.postal_code')),
    '</div>',
  ].join('\n');

const lineHint = 'address_full_match is right, address_no_match is wrong';

const personOf = (state: AccountState): Fields =>
  isPersonal(state) ? fieldsOf(fieldAt(state.fields, 'identity.individual')) : state.representative;

const personBody = (shown: Shown): string => {
  const person = personOf(shown.state);
  return `<p class="hint">${isPersonal(shown.state) ? 'The person whose business it is.' : 'The person who acts for the business.'}</p>
<div class="pair">
${field(shown, { name: 'given_name', label: 'First name' }, textAt(person, 'given_name'))}
${field(shown, { name: 'surname', label: 'Last name' }, textAt(person, 'surname'))}
</div>
${field(shown, { name: 'date_of_birth', label: 'Date of birth', hint: '1901-01-01 is right, 1902-01-01 is right at once, any other is wrong' }, dateText(person))}
${addressFields(shown, person)}
${field(shown, { name: 'id_number', label: 'Personal id number', hint: numberHint, attributes: 'inputmode="numeric" autocomplete="off"' }, firstNumber(person))}
${actions('Continue')}
<h2>Or somebody for a test</h2>
<ul class="choices">
${testPeople.map(({ note, value }) => choice('test_person', value, note)).join('\n')}
</ul>`;
};

const dateText = (person: Fields): string => {
  const year = textAt(person, 'date_of_birth.year');
  const padded = (name: string): string => textAt(person, `date_of_birth.${name}`).padStart(2, '0');
  return year === '' ? '' : `${year}-${padded('month')}-${padded('day')}`;
};

const choice = (name: string, value: string, note: string): string =>
  `<li><button class="quiet" name="${name}" value="${value}" aria-describedby="about-${value}">${value.replaceAll('_', ' ')}</button> <span id="about-${value}">${escapeHtml(note)}</span></li>`;

const bankBody = (shown: Shown): string => {
  const { bankAccount } = shown.state;
  const known =
    bankAccount === null ? '' : `<p>Payouts go to the account ending in ${escapeHtml(bankAccount.last4)}.</p>`;
  return `${known}
${field(shown, { name: 'account_number', label: 'Account number', hint: 'Test accounts only: 000123456789', attributes: 'inputmode="numeric" autocomplete="off"' }, '')}
${actions('Continue')}
<h2>Or a test account</h2>
<ul class="choices">
${choice('test_account', '000123456789', 'Takes payouts')}
</ul>`;
};

const reviewBody = ({ state }: Shown): string => {
  const { bankAccount, fields } = state;
  const person = personOf(state);
  const facts = [
    ['Email', textAt(fields, 'contact_email')],
    ['Kind', textAt(fields, 'identity.entity_type').replaceAll('_', ' ')],
    ['Registered name', textAt(fields, 'identity.business_details.registered_name')],
    ['Website', textAt(fields, 'defaults.profile.business_url')],
    ['Person', `${textAt(person, 'given_name')} ${textAt(person, 'surname')}`.trim()],
    ['Date of birth', dateText(person)],
    ['Bank account', bankAccount === null ? '' : `ending in ${bankAccount.last4}`],
  ] as const;
  const rows = facts.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value) || '<em>missing</em>'}</dd>`);
  return `<dl>${rows.join('')}</dl>
<p class="hint">By submitting you accept the terms that Stripe would show here.</p>
${actions('Agree and submit')}`;
};

const bodies: Readonly<Record<Step, (shown: Shown) => string>> = {
  email: emailBody,
  business: businessBody,
  person: personBody,
  bank: bankBody,
  review: reviewBody,
};
