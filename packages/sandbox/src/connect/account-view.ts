import { isoTime } from '../thin-event.js';
import type { AccountProfile } from '../work.js';
import type { AccountState } from './account-state.js';
import { type Capability, capabilitiesOf } from './capabilities.js';
import { echoed } from './echoed.js';
import { type Fields, fieldAt, fieldsOf, textAt } from './fields.js';
import { type ConfigurationName, configurationNames, isApplied } from './requested-capabilities.js';
import { type DueStatus, type Requirement, requirementsOf } from './requirements.js';

/** Everything that can be asked for by `include`. */
export const includable = [
  ...configurationNames.map((name) => `configuration.${name}`),
  'defaults',
  'future_requirements',
  'identity',
  'requirements',
];

const answer = 'V2.Core.Account';

/** https://docs.stripe.com/api/v2/core/accounts/object: the account, with what `include` names and nothing else of it. */
export const accountView = (state: AccountState, account: AccountProfile, include: readonly string[]) => {
  const { contact_email, contact_phone, display_name } = state.fields;
  return {
    id: state.id,
    object: 'v2.core.account',
    applied_configurations: configurationNames.filter((name) => isApplied(state, name)),
    closed: state.closed,
    ...(contact_email === undefined ? {} : { contact_email }),
    ...(contact_phone === undefined ? {} : { contact_phone }),
    created: state.created,
    dashboard: dashboardOf(state),
    ...(display_name === undefined ? {} : { display_name }),
    livemode: account.livemode,
    metadata: state.metadata,
    ...includedOf(state, include),
  };
};

/** By the documentation the full one for merchants, Express for recipients, none for the others. */
const dashboardOf = (state: AccountState): unknown => {
  const fallback = isApplied(state, 'merchant') ? 'full' : isApplied(state, 'recipient') ? 'express' : 'none';
  return state.fields.dashboard ?? fallback;
};

const includedOf = (state: AccountState, include: readonly string[]): Record<string, unknown> => {
  const capabilities = capabilitiesOf(state);
  const configurations = configurationNames
    .filter((name) => include.includes(`configuration.${name}`) && fieldAt(state.fields, `configuration.${name}`))
    .map((name) => [name, configurationView(state, name, capabilities)] as const);
  return {
    ...(configurations.length === 0 ? {} : { configuration: Object.fromEntries(configurations) }),
    ...(include.includes('defaults') ? { defaults: defaultsView(state) } : {}),
    ...(include.includes('future_requirements') ? { future_requirements: { entries: [] } } : {}),
    ...(include.includes('identity') ? { identity: identityView(state) } : {}),
    ...(include.includes('requirements') ? { requirements: requirementsView(state) } : {}),
  };
};

const configurationView = (
  state: AccountState,
  name: ConfigurationName,
  capabilities: readonly Capability[],
): Record<string, unknown> => {
  const { capabilities: _asked, ...given } = fieldsOf(fieldAt(state.fields, `configuration.${name}`));
  const type = `${answer}.Configuration.${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  const own = capabilities.filter(({ configuration }) => configuration === name);
  return {
    ...echoed(type, given),
    ...(name === 'customer' && given.billing !== undefined ? { billing: billingView(fieldsOf(given.billing)) } : {}),
    applied: isApplied(state, name),
    ...(own.length === 0 ? {} : { capabilities: treeOf(own) }),
  };
};

const billingView = (billing: Fields): Fields => {
  const shown = echoed(`${answer}.Configuration.Customer.Billing`, billing);
  if (shown.invoice === undefined) return shown;
  return { ...shown, invoice: { custom_fields: [], ...fieldsOf(shown.invoice) } };
};

/** 'stripe_balance.payouts' → `{ stripe_balance: { payouts: … } }` */
const treeOf = (capabilities: readonly Capability[]): Record<string, unknown> => {
  const tree: Record<string, Record<string, unknown>> = {};
  for (const { name, status, status_details } of capabilities) {
    const [first = '', second] = name.split('.');
    const node = { status, status_details };
    if (second === undefined) tree[first] = node;
    else tree[first] = { ...tree[first], [second]: node };
  }
  return tree;
};

export const responsibilitiesOf = (state: AccountState) => {
  const given = fieldsOf(fieldAt(state.fields, 'defaults.responsibilities'));
  const isOnStripe = dashboardOf(state) === 'full';
  const losses = given.losses_collector ?? (isOnStripe ? 'stripe' : 'application');
  return {
    fees_collector: given.fees_collector ?? (isOnStripe ? 'stripe' : 'application'),
    losses_collector: losses,
    // Stripe's dashboards collect for Stripe; a platform does where its customers see neither.
    requirements_collector: dashboardOf(state) === 'none' && losses === 'application' ? 'application' : 'stripe',
  };
};

const defaultsView = (state: AccountState) => ({
  ...echoed(`${answer}.Defaults`, state.fields.defaults),
  currency: currencyOf(state),
  responsibilities: responsibilitiesOf(state),
});

const currencies: Readonly<Record<string, string>> = {
  ae: 'aed',
  au: 'aud',
  br: 'brl',
  ca: 'cad',
  ch: 'chf',
  cz: 'czk',
  dk: 'dkk',
  gb: 'gbp',
  hk: 'hkd',
  hu: 'huf',
  in: 'inr',
  jp: 'jpy',
  mx: 'mxn',
  my: 'myr',
  no: 'nok',
  nz: 'nzd',
  pl: 'pln',
  ro: 'ron',
  se: 'sek',
  sg: 'sgd',
  th: 'thb',
  us: 'usd',
};

export const currencyOf = (state: AccountState): string => {
  const given = textAt(state.fields, 'defaults.currency');
  if (given !== '') return given;
  const country = countryOf(state);
  return currencies[country] ?? (country === '' ? 'usd' : 'eur');
};

export const countryOf = (state: AccountState): string => textAt(state.fields, 'identity.country').toLowerCase();

const identityView = (state: AccountState) => {
  const given = fieldsOf(state.fields.identity);
  const shown = echoed(`${answer}.Identity`, given);
  if (given.individual === undefined) return shown;
  const person = { id: `person_${state.id.slice('acct_'.length)}`, object: 'v2.core.account_person' };
  const times = { created: state.created, updated: state.created };
  return { ...shown, individual: { ...fieldsOf(shown.individual), ...person, ...times, account: state.id } };
};

const statuses: readonly DueStatus[] = ['past_due', 'currently_due', 'eventually_due'];

const requirementsView = (state: AccountState) => {
  const requirements = requirementsOf(state);
  const soonest = statuses.find((status) => requirements.some((one) => one.status === status));
  const times = requirements.flatMap(({ status, dueAt }) => (status === soonest && dueAt !== null ? [dueAt] : []));
  const time = times.length === 0 ? {} : { time: isoTime(Math.min(...times)) };
  return {
    entries: requirements.map(entryView),
    ...(soonest === undefined ? {} : { summary: { minimum_deadline: { status: soonest, ...time } } }),
  };
};

const entryView = ({ awaiting, description, errors, reason, restricts, status }: Requirement) => ({
  awaiting_action_from: awaiting,
  description,
  errors,
  impact: {
    restricts_capabilities: restricts.map(({ name, configuration }) => ({
      capability: name,
      configuration,
      deadline: { status },
    })),
  },
  minimum_deadline: { status },
  requested_reasons: [{ code: reason }],
});
