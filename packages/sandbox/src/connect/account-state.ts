import { defineCollection, type StoredObject } from '../collection.js';
import { isoTime } from '../thin-event.js';
import type { Work } from '../work.js';
import type { Fields } from './fields.js';

/** How far the check of the account holder's identity is. */
export type Verification = { readonly status: 'none' | 'pending' | 'verified' } | FailedCheck;

export interface FailedCheck {
  readonly status: 'failed';
  readonly code: string;
  readonly message: string;
  /** Whether the address of the business is to be given again; a document of identity otherwise. */
  readonly isOfAddress: boolean;
  readonly isOfPayoutsAlone: boolean;
}

/** Something Stripe asks for after onboarding, for a reason of its own. */
export interface RaisedRequirement {
  readonly description: string;
  /** Seconds of the account's clock; null: some day. */
  readonly dueAt: number | null;
  readonly isPastDue: boolean;
  readonly errors: readonly { readonly code: string; readonly description: string }[];
}

/** What a person at Stripe decided of a capability. */
export interface CapabilityVerdict {
  readonly status: string;
  readonly code: string;
  readonly resolution: string;
}

export interface BankAccount {
  readonly id: string;
  readonly last4: string;
  readonly routing: string | null;
  readonly fingerprint: string;
}

/** Everything of an account that its two views are made of. */
export interface AccountState extends StoredObject {
  /** The platform that made it and controls it; null for accounts that stand on their own. */
  readonly platform: string | null;
  readonly created: string;
  readonly closed: boolean;
  /** What was given through the API or the onboarding page, by the paths of the API's parameters. */
  readonly fields: Fields;
  /** The person behind a company, whom the API knows as a person of the account. */
  readonly representative: Fields;
  readonly metadata: Readonly<Record<string, string>>;
  readonly bankAccount: BankAccount | null;
  readonly verification: Verification;
  readonly raised: readonly RaisedRequirement[];
  readonly verdicts: Readonly<Record<string, CapabilityVerdict>>;
}

export const accountStates = defineCollection<AccountState>({ type: '_account_state', prefix: 'account_state' });

/** The state of the account of this work. */
export const accountStateOf = (work: Work): AccountState =>
  work.get(accountStates, work.account.id) ?? ownAccount(work);

/** An account that was opened by the use of its key: ready to charge. */
const ownAccount = (work: Work): AccountState => ({
  id: work.account.id,
  platform: null,
  created: isoTime(Math.min(work.now, Math.floor(work.account.createdMs / 1000))),
  closed: false,
  fields: {
    contact_email: `${work.account.id}@sandbox.example`,
    dashboard: 'full',
    configuration: { merchant: { mcc: '5734', capabilities: { card_payments: { requested: true } } } },
    defaults: { currency: 'usd', profile: { doing_business_as: 'Sandbox business' } },
    identity: {
      country: 'us',
      entity_type: 'company',
      business_details: { registered_name: 'Sandbox business' },
    },
  },
  representative: {},
  metadata: {},
  bankAccount: { id: 'ba_sandbox', last4: '6789', routing: '110000000', fingerprint: 'sandbox' },
  verification: { status: 'verified' },
  raised: [],
  verdicts: {},
});
