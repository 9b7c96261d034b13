import type { AccountState } from './account-state.js';
import { textAt } from './fields.js';
import { type RequestedCapability, requestedCapabilities } from './requested-capabilities.js';
import { type Requirement, requirementsOf } from './requirements.js';

export interface Capability extends RequestedCapability {
  readonly status: string;
  readonly status_details: readonly { readonly code: string; readonly resolution: string }[];
}

/** Countries of businesses that Stripe serves: https://stripe.com/global */
const countries = new Set(
  'ae at au be bg br ca ch cy cz de dk ee es fi fr gb gi gr hk hr hu ie in it jp li lt lu lv mt mx my nl no nz pl pt ro se sg si sk th us'.split(
    ' ',
  ),
);

/** What was asked for and how it stands. */
export const capabilitiesOf = (state: AccountState): Capability[] => {
  const requirements = requirementsOf(state);
  return requestedCapabilities(state).map((requested) => ({
    ...requested,
    ...standing(state, requested, requirements),
  }));
};

const standing = (
  state: AccountState,
  requested: RequestedCapability,
  requirements: readonly Requirement[],
): Pick<Capability, 'status' | 'status_details'> => {
  const verdict = state.verdicts[requested.name];
  if (verdict !== undefined) return because(verdict.status, verdict.code, verdict.resolution);
  const country = textAt(state.fields, 'identity.country').toLowerCase();
  if (country !== '' && !countries.has(country)) return because('unsupported', 'unsupported_country', 'no_resolution');
  const relevant = requirements.filter(({ restricts }) => restricts.some((one) => isSame(one, requested)));
  if (relevant.some(({ status }) => status === 'past_due'))
    return because('restricted', 'requirements_past_due', 'provide_info');
  if (relevant.some(({ awaiting }) => awaiting === 'stripe'))
    return because('pending', 'requirements_pending_verification', 'no_resolution');
  return { status: 'active', status_details: [] };
};

const because = (status: string, code: string, resolution: string): Pick<Capability, 'status' | 'status_details'> => ({
  status,
  status_details: [{ code, resolution }],
});

export const isSame = (one: RequestedCapability, other: RequestedCapability): boolean =>
  one.name === other.name && one.configuration === other.configuration;

export const statusOf = (capabilities: readonly Capability[], name: string): string | undefined =>
  capabilities.find((capability) => capability.name === name)?.status;
