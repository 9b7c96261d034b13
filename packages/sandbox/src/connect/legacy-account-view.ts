import type { AccountState, BankAccount } from './account-state.js';
import { countryOf, currencyOf, responsibilitiesOf } from './account-view.js';
import { capabilitiesOf, statusOf } from './capabilities.js';
import { fieldAt, textAt } from './fields.js';
import { payouts } from './requested-capabilities.js';
import { type Requirement, requirementsOf } from './requirements.js';

/** The same account as version 1 of the API shows it: https://docs.stripe.com/api/accounts/object */
export const legacyAccountView = (state: AccountState) => {
  const capabilities = capabilitiesOf(state);
  const { fields } = state;
  const name = textAt(fields, 'defaults.profile.doing_business_as') || textAt(fields, 'display_name') || null;
  return {
    id: state.id,
    object: 'account' as const,
    business_profile: { ...noProfile, ...profileOf(state), name },
    business_type: fieldAt(fields, 'identity.entity_type') ?? null,
    capabilities: Object.fromEntries(
      [...legacyNames].flatMap(([modern, legacy]) => {
        const status = statusOf(capabilities, modern);
        return status === undefined ? [] : [[legacy, legacyStatuses[status] ?? 'inactive']];
      }),
    ),
    charges_enabled: statusOf(capabilities, 'card_payments') === 'active',
    controller: state.platform === null ? { type: 'account' } : controllerOf(state),
    country: countryOf(state).toUpperCase() || 'US',
    created: Math.floor(Date.parse(state.created) / 1000),
    default_currency: currencyOf(state),
    details_submitted: state.verification.status !== 'none',
    email: textAt(fields, 'contact_email') || null,
    external_accounts: {
      object: 'list',
      data: state.bankAccount === null ? [] : [bankAccountView(state, state.bankAccount)],
      has_more: false,
      url: `/v1/accounts/${state.id}/external_accounts`,
    },
    future_requirements: noRequirements,
    metadata: state.metadata,
    payouts_enabled: statusOf(capabilities, payouts) === 'active',
    requirements: requirementsView(state),
    settings: settingsOf(name),
    tos_acceptance: termsOf(state),
    // Accounts that version 2 made have no type, as seen in recordings.
    type: state.platform === null ? 'standard' : 'none',
  };
};

const legacyNames: ReadonlyMap<string, string> = new Map([
  ['card_payments', 'card_payments'],
  ['stripe_balance.stripe_transfers', 'transfers'],
  [payouts, 'transfers'],
]);

const legacyStatuses: Readonly<Record<string, string>> = { active: 'active', pending: 'pending' };

const noProfile = {
  annual_revenue: null,
  estimated_worker_count: null,
  minority_owned_business_designation: null,
  specified_commercial_transactions_act_url: null,
  support_address: null,
};

const profileOf = ({ fields }: AccountState) => ({
  mcc: textAt(fields, 'configuration.merchant.mcc') || null,
  product_description: textAt(fields, 'defaults.profile.product_description') || null,
  support_email: textAt(fields, 'configuration.merchant.support.email') || null,
  support_phone: textAt(fields, 'configuration.merchant.support.phone') || null,
  support_url: textAt(fields, 'configuration.merchant.support.url') || null,
  url: textAt(fields, 'defaults.profile.business_url') || null,
});

const controllerOf = (state: AccountState) => {
  const { fees_collector: fees, losses_collector: losses, requirements_collector } = responsibilitiesOf(state);
  return {
    type: 'application',
    is_controller: true,
    fees: { payer: fees === 'stripe' ? 'account' : fees },
    losses: { payments: losses },
    requirement_collection: requirements_collector,
    stripe_dashboard: { type: state.fields.dashboard ?? 'full' },
  };
};

const bankAccountView = (state: AccountState, { fingerprint, id, last4, routing }: BankAccount) => ({
  id,
  object: 'bank_account',
  account: state.id,
  account_holder_name: null,
  account_holder_type: null,
  account_type: null,
  available_payout_methods: ['standard'],
  bank_name: 'STRIPE TEST BANK',
  country: countryOf(state).toUpperCase() || 'US',
  currency: currencyOf(state),
  default_for_currency: true,
  fingerprint,
  last4,
  metadata: {},
  routing_number: routing,
  status: 'new',
});

const noRequirements = {
  alternatives: [],
  current_deadline: null,
  currently_due: [],
  disabled_reason: null,
  errors: [],
  eventually_due: [],
  past_due: [],
  pending_verification: [],
};

/** https://docs.stripe.com/connect/handling-api-verification: what is past due is currently due as well, and so on. */
const requirementsView = (state: AccountState) => {
  const requirements = requirementsOf(state);
  const ofUser = requirements.filter(({ awaiting }) => awaiting === 'user');
  const pastDue = ofUser.filter(({ status }) => status === 'past_due');
  const due = ofUser.filter(({ status }) => status !== 'eventually_due');
  const deadlines = due.flatMap(({ dueAt }) => (dueAt === null ? [] : [dueAt]));
  return {
    ...noRequirements,
    current_deadline: deadlines.length === 0 ? null : Math.min(...deadlines),
    currently_due: due.map(({ legacy }) => legacy),
    disabled_reason: disabledReason(state, requirements),
    errors: ofUser.flatMap(({ errors, legacy }) =>
      errors.map(({ code, description }) => ({ code, reason: description, requirement: legacy })),
    ),
    eventually_due: ofUser.map(({ legacy }) => legacy),
    past_due: pastDue.map(({ legacy }) => legacy),
    pending_verification: requirements.filter(({ awaiting }) => awaiting === 'stripe').map(({ legacy }) => legacy),
  };
};

const disabledReason = (state: AccountState, requirements: readonly Requirement[]): string | null => {
  for (const { code, status } of Object.values(state.verdicts)) if (status !== 'active') return verdictReason(code);
  if (requirements.some(({ awaiting, status }) => awaiting === 'user' && status === 'past_due'))
    return 'requirements.past_due';
  return requirements.some(({ awaiting }) => awaiting === 'stripe') ? 'requirements.pending_verification' : null;
};

/** The verdicts of version 2 by the reasons version 1 has for them. */
const verdictReason = (code: string): string => {
  if (code.startsWith('rejected_')) return code.replace('_', '.');
  return verdictReasons[code] ?? 'other';
};

const verdictReasons: Readonly<Record<string, string>> = {
  determining_status: 'under_review',
  requirements_past_due: 'requirements.past_due',
  requirements_pending_verification: 'requirements.pending_verification',
};

const termsOf = ({ fields }: AccountState) => {
  const accepted = textAt(fields, 'identity.attestations.terms_of_service.account.date');
  return {
    date: accepted === '' ? null : Math.floor(Date.parse(accepted) / 1000),
    ip: textAt(fields, 'identity.attestations.terms_of_service.account.ip') || null,
    user_agent: textAt(fields, 'identity.attestations.terms_of_service.account.user_agent') || null,
  };
};

const settingsOf = (name: string | null) => ({
  bacs_debit_payments: { display_name: null, service_user_number: null },
  branding: { icon: null, logo: null, primary_color: null, secondary_color: null },
  card_issuing: { tos_acceptance: { date: null, ip: null } },
  card_payments: {
    decline_on: { avs_failure: true, cvc_failure: true },
    statement_descriptor_prefix: null,
    statement_descriptor_prefix_kana: null,
    statement_descriptor_prefix_kanji: null,
  },
  dashboard: { display_name: name, timezone: 'Etc/UTC' },
  invoices: { default_account_tax_ids: null, hosted_payment_method_save: null },
  payments: {
    statement_descriptor: 'SANDBOX',
    statement_descriptor_kana: null,
    statement_descriptor_kanji: null,
    statement_descriptor_prefix_kana: null,
    statement_descriptor_prefix_kanji: null,
  },
  payouts: {
    debit_negative_balances: true,
    schedule: { delay_days: 2, interval: 'daily' },
    statement_descriptor: null,
  },
  sepa_debit_payments: {},
});
