import type { AccountProfile, Work } from '../work.js';
import { type AccountState, accountStateOf, accountStates } from './account-state.js';
import { accountView, includable } from './account-view.js';
import { type Capability, capabilitiesOf, isSame } from './capabilities.js';
import { type Fields, fieldsOf } from './fields.js';
import { checkOutcome } from './identity-check.js';
import { legacyAccountView } from './legacy-account-view.js';
import { configurationNames } from './requested-capabilities.js';
import { isReadyForCheck } from './requirements.js';

/** How long a check of an identity takes, unless a test value asks for an answer at once. */
export const checkSeconds = 10;
export const checkDue = 'account.check';

/** The one way an account changes: what was given is checked, and whoever listens is told of what differs. */
export const changeAccount = (work: Work, changes: Partial<AccountState>): AccountState => {
  const before = accountStateOf(work);
  const after = work.put(accountStates, withCheck(work, before, { ...before, ...changes }));
  tellOfChanges(work, before, after);
  return after;
};

/** A check begins when all of it is there, and again when what was checked is changed. */
const withCheck = (work: Work, before: AccountState, after: AccountState): AccountState => {
  if (after.closed || after.platform === null || !isReadyForCheck(after)) return after;
  const isChanged = !isSameJson(checkedOf(before), checkedOf(after));
  const { status } = after.verification;
  if (status === 'pending' || (status !== 'none' && !isChanged)) return after;
  const outcome = checkOutcome(after);
  if (status === 'verified' && outcome.verification.status === 'verified') return after;
  if (outcome.isImmediate) return { ...after, verification: outcome.verification };
  work.schedule(checkDue, after.id, work.now + checkSeconds);
  return { ...after, verification: { status: 'pending' } };
};

const checkedOf = ({ fields, representative }: AccountState) => [fields.identity, representative];

/** By then it may have been changed: what counts is what stands there. */
export const finishCheck = (work: Work): void => {
  const state = accountStateOf(work);
  if (state.closed || state.verification.status !== 'pending') return;
  changeAccount(work, { verification: checkOutcome(state).verification });
};

/** Only what listeners of either version can see counts as a change. */
const tellOfChanges = (work: Work, before: AccountState, after: AccountState): void => {
  const [one, other] = [wholeView(before, work.account), wholeView(after, work.account)];
  for (const section of sections) {
    if (!isSameJson(section.of(one), section.of(other))) tellThin(work, `v2.core.account${section.name}.updated`);
  }
  tellOfCapabilities(work, capabilitiesOf(before), capabilitiesOf(after));
  work.emit('account.updated', legacyAccountView(after), legacyAccountView(before));
};

const wholeView = (state: AccountState, account: AccountProfile): Fields => accountView(state, account, includable);

interface Section {
  readonly name: string;
  readonly of: (view: Fields) => unknown;
}

/** The parts of an account that have an event of their own, and what is left of it. */
const sections: readonly Section[] = [
  ...['defaults', 'identity', 'requirements'].map((name) => ({
    name: `[${name}]`,
    of: (view: Fields) => view[name],
  })),
  ...configurationNames.map((name) => ({
    name: `[configuration.${name}]`,
    of: (view: Fields) => {
      const { capabilities: _told, ...rest } = fieldsOf(fieldsOf(view.configuration)[name]);
      return rest;
    },
  })),
  {
    name: '',
    of: ({ configuration: _configuration, defaults: _defaults, identity: _identity, requirements: _due, ...rest }) =>
      rest,
  },
];

const tellOfCapabilities = (work: Work, before: readonly Capability[], after: readonly Capability[]): void => {
  for (const capability of after) {
    const { configuration, name, status } = capability;
    if (before.find((one) => isSame(one, capability))?.status === status) continue;
    const data = { updated_capability: name };
    tellThin(work, `v2.core.account[configuration.${configuration}].capability_status_updated`, data);
  }
};

/** Of the account of this work. */
export const tellThin = (work: Work, type: string, data?: Fields): void => {
  const { id } = work.account;
  const related_object = { id, type: 'v2.core.account', url: `/v2/core/accounts/${id}` };
  work.emitThin(type, data === undefined ? { related_object } : { related_object, data });
};

const isSameJson = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
