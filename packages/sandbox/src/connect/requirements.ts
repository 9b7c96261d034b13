import type { AccountState, RaisedRequirement } from './account-state.js';
import { fieldAt } from './fields.js';
import { payouts, type RequestedCapability, requestedCapabilities } from './requested-capabilities.js';

export type DueStatus = 'currently_due' | 'eventually_due' | 'past_due';

export interface Requirement {
  /** Machine-readable, most often the path of the parameter. */
  readonly description: string;
  /** What version 1 of the API calls it. */
  readonly legacy: string;
  readonly awaiting: 'stripe' | 'user';
  readonly status: DueStatus;
  readonly reason: 'routine_onboarding' | 'routine_verification';
  readonly errors: readonly { readonly code: string; readonly description: string }[];
  readonly restricts: readonly RequestedCapability[];
  readonly dueAt: number | null;
}

/** What every business is asked for: by the names of version 2, and of version 1 where they differ. */
const ofEveryone: readonly (readonly [string, string])[] = [
  ['identity.entity_type', 'business_type'],
  ['defaults.profile.business_url', 'business_profile.url'],
  ['identity.attestations.terms_of_service.account.date', 'tos_acceptance.date'],
  ['identity.attestations.terms_of_service.account.ip', 'tos_acceptance.ip'],
];

const ofIndividuals: readonly (readonly [string, string])[] = [
  ['identity.individual.given_name', 'individual.first_name'],
  ['identity.individual.surname', 'individual.last_name'],
  ['identity.individual.date_of_birth.day', 'individual.dob.day'],
  ['identity.individual.date_of_birth.month', 'individual.dob.month'],
  ['identity.individual.date_of_birth.year', 'individual.dob.year'],
  ['identity.individual.address.line1', 'individual.address.line1'],
  ['identity.individual.address.city', 'individual.address.city'],
  ['identity.individual.address.postal_code', 'individual.address.postal_code'],
  ['identity.individual.id_numbers', 'individual.id_number'],
];

const ofCompanies: readonly (readonly [string, string])[] = [
  ['identity.business_details.registered_name', 'company.name'],
  ['identity.business_details.address.line1', 'company.address.line1'],
  ['identity.business_details.address.city', 'company.address.city'],
  ['identity.business_details.address.postal_code', 'company.address.postal_code'],
  ['identity.business_details.id_numbers', 'company.tax_id'],
];

const representative = ['relationship.representative', 'representative'] as const;
const externalAccount = ['external_account', 'external_account'] as const;

/** What Stripe wants, or is checking, in the order of their names. */
export const requirementsOf = (state: AccountState): Requirement[] => {
  const all = requestedCapabilities(state).filter(({ configuration }) => configuration !== 'customer');
  if (state.closed || all.length === 0) return [];
  const found = [...missing(state, all), ...identityCheck(state, all), ...state.raised.map((one) => raised(one, all))];
  return found.sort((one, other) => (one.description < other.description ? -1 : 1));
};

/** Whether everything is there that can be checked; a bank account is wanted for payouts alone. */
export const isReadyForCheck = (state: AccountState): boolean => missingNames(state).length === 0;

const missingNames = (state: AccountState): (readonly [string, string])[] => {
  if (state.platform === null) return [];
  const entity = fieldAt(state.fields, 'identity.entity_type');
  const ofEntity = entity === undefined ? [] : entity === 'individual' ? ofIndividuals : ofCompanies;
  const names = [...ofEveryone, ...ofEntity].filter(([path]) => isMissing(fieldAt(state.fields, path)));
  const wantsPerson = entity !== undefined && entity !== 'individual' && state.representative.surname === undefined;
  return wantsPerson ? [...names, representative] : names;
};

const isMissing = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0);

const missing = (state: AccountState, all: readonly RequestedCapability[]): Requirement[] => {
  const ofAll = missingNames(state).map((names) => onboarding(names, all));
  const paidOut = paidOutIn(all);
  const isPayable = state.bankAccount !== null || paidOut.length === 0;
  return isPayable ? ofAll : [...ofAll, onboarding(externalAccount, paidOut)];
};

/** Recordings show it past due from the beginning: nothing is allowed before it is given. */
const onboarding = (
  [description, legacy]: readonly [string, string],
  restricts: readonly RequestedCapability[],
): Requirement => ({
  description,
  legacy,
  awaiting: 'user',
  status: 'past_due',
  reason: 'routine_onboarding',
  errors: [],
  restricts,
  dueAt: null,
});

const identityCheck = (state: AccountState, all: readonly RequestedCapability[]): Requirement[] => {
  const { verification } = state;
  if (verification.status === 'none' || verification.status === 'verified') return [];
  const common = { ...checkedNames(state), reason: 'routine_verification', dueAt: null } as const;
  if (verification.status !== 'failed')
    return [{ ...common, awaiting: 'stripe', status: 'currently_due', errors: [], restricts: all }];
  const { code, isOfPayoutsAlone, message } = verification;
  return [
    {
      ...common,
      awaiting: 'user',
      status: 'past_due',
      errors: [{ code, description: message }],
      restricts: isOfPayoutsAlone ? paidOutIn(all) : all,
    },
  ];
};

/** What is being checked, or is to be given again. */
const checkedNames = ({ fields, verification }: AccountState): Pick<Requirement, 'description' | 'legacy'> => {
  if (verification.status === 'failed' && verification.isOfAddress)
    return { description: 'identity.business_details.address.line1', legacy: 'company.address.line1' };
  const isPerson = fieldAt(fields, 'identity.entity_type') === 'individual';
  return {
    description: `identity.${isPerson ? 'individual' : 'business_details'}.documents.primary_verification`,
    legacy: `${isPerson ? 'individual' : 'company'}.verification.document`,
  };
};

const paidOutIn = (all: readonly RequestedCapability[]): RequestedCapability[] =>
  all.filter(({ name }) => name === payouts || name.startsWith('bank_accounts.'));

const raised = (one: RaisedRequirement, restricts: readonly RequestedCapability[]): Requirement => ({
  description: one.description,
  legacy: legacyName(one.description),
  awaiting: 'user',
  status: one.isPastDue ? 'past_due' : one.dueAt === null ? 'eventually_due' : 'currently_due',
  reason: 'routine_verification',
  errors: one.errors,
  restricts,
  dueAt: one.dueAt,
});

const legacyNames = new Map([...ofEveryone, ...ofIndividuals, ...ofCompanies, representative, externalAccount]);

const legacyName = (description: string): string =>
  legacyNames.get(description) ??
  description
    .replace(/^identity\.business_details\./, 'company.')
    .replace(/^identity\./, '')
    .replace('documents.primary_verification', 'verification.document');
