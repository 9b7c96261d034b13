import { Refusal } from '../errors.js';
import { operation, type Resource } from '../operation.js';
import type { Work } from '../work.js';

/** The account of the key itself, ready to charge. https://docs.stripe.com/api/accounts/object */
const retrieveOwnAccount = operation<Record<string, never>>((context) => accountObject(context));

const accountObject = (context: Work) => ({
  id: context.account.id,
  object: 'account',
  business_profile: {
    annual_revenue: null,
    estimated_worker_count: null,
    mcc: '5734',
    minority_owned_business_designation: null,
    name: 'Sandbox business',
    product_description: null,
    specified_commercial_transactions_act_url: null,
    support_address: null,
    support_email: null,
    support_phone: null,
    support_url: null,
    url: null,
  },
  business_type: 'company',
  capabilities: { card_payments: 'active', transfers: 'active' },
  charges_enabled: true,
  controller: { type: 'account' },
  country: 'US',
  created: createdOf(context),
  default_currency: 'usd',
  details_submitted: true,
  email: `${context.account.id}@sandbox.example`,
  external_accounts: {
    object: 'list',
    data: [],
    has_more: false,
    url: `/v1/accounts/${context.account.id}/external_accounts`,
  },
  future_requirements: noRequirements,
  metadata: {},
  payouts_enabled: true,
  requirements: noRequirements,
  settings,
  tos_acceptance: { date: null, ip: null, user_agent: null },
  type: 'standard',
});

const createdOf = (work: Work): number => Math.min(work.now, Math.floor(work.account.createdMs / 1000));

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

const settings = {
  bacs_debit_payments: { display_name: null, service_user_number: null },
  branding: { icon: null, logo: null, primary_color: null, secondary_color: null },
  card_issuing: { tos_acceptance: { date: null, ip: null } },
  card_payments: {
    decline_on: { avs_failure: true, cvc_failure: true },
    statement_descriptor_prefix: null,
    statement_descriptor_prefix_kana: null,
    statement_descriptor_prefix_kanji: null,
  },
  dashboard: { display_name: 'Sandbox business', timezone: 'Etc/UTC' },
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
};

/** Only itself: the sandbox serves no connected accounts. */
const retrieveAccount = operation<Record<string, never>>((context) => {
  const id = context.path.account ?? '';
  if (id === context.account.id) return accountObject(context);
  throw new Refusal(403, {
    type: 'invalid_request_error',
    code: 'account_invalid',
    message: `The provided key does not have access to account '${id}' (or that account does not exist).`,
  });
});

export const accountResource: Resource = {
  collections: [],
  operations: { 'GET /v1/account': retrieveOwnAccount, 'GET /v1/accounts/:account': retrieveAccount },
};
