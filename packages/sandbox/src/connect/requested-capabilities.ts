import type { AccountState } from './account-state.js';
import { type Fields, fieldsOf, isFields } from './fields.js';

export const configurationNames = ['customer', 'merchant', 'recipient'] as const;
export type ConfigurationName = (typeof configurationNames)[number];

export interface RequestedCapability {
  readonly configuration: ConfigurationName;
  /** 'card_payments', 'stripe_balance.payouts' */
  readonly name: string;
}

export const payouts = 'stripe_balance.payouts';

/** A configuration that was given and not taken away again. */
export const isApplied = (state: AccountState, name: ConfigurationName): boolean => {
  const configuration = fieldsOf(state.fields.configuration)[name];
  return !state.closed && isFields(configuration) && configuration.applied !== false;
};

/** What was asked for; a merchant who may charge is paid out as well, as seen in recordings. */
export const requestedCapabilities = (state: AccountState): RequestedCapability[] =>
  configurationNames
    .filter((name) => isApplied(state, name))
    .flatMap((configuration) => {
      const given = fieldsOf(fieldsOf(fieldsOf(state.fields.configuration)[configuration]).capabilities);
      const names = requestedIn(given);
      if (configuration === 'merchant' && names.length > 0 && !names.includes(payouts)) names.push(payouts);
      return names.map((name) => ({ configuration, name }));
    });

/** `{ stripe_balance: { payouts: { requested: true } } }` → 'stripe_balance.payouts' */
const requestedIn = (tree: Fields, prefix = ''): string[] =>
  Object.entries(tree).flatMap(([name, node]) => {
    if (!isFields(node)) return [];
    if (node.requested !== undefined) return node.requested === true ? [`${prefix}${name}`] : [];
    return requestedIn(node, `${prefix}${name}.`);
  });
