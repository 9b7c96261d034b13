import {
  type AccountState,
  type AccountWanted,
  addDays,
  type CardPayments,
  type ConnectionRequirement,
  type Instant,
  instantFromIso,
  ok,
  type Result,
} from '@tollbridge/core';
import type { Stripe, StripeAccess, StripeFailure, StripeGateway } from './gateway.js';

type CoreAccount = Stripe.V2.Core.Account;

/** What is read of an account; without being named it is left out of the answer. */
const INCLUDED: Stripe.V2.Core.AccountRetrieveParams.Include[] = ['configuration.merchant', 'requirements'];

export interface MadeAccount {
  readonly stripeAccountId: string;
  readonly state: AccountState;
  /** When Stripe made it: there is nothing of it to read from before. */
  readonly createdAt: Instant | null;
}

/**
 * Makes an account that is its owner's: he has Stripe's whole dashboard, pays Stripe's fees and bears his losses, as with an
 * account that he opened himself (https://docs.stripe.com/connect/accounts-v2). Stripe collects what it wants to know.
 */
export async function createCoreAccount(
  stripe: StripeGateway,
  platform: StripeAccess,
  wanted: Omit<AccountWanted, 'askedAt'> & { readonly connectionId: string },
): Promise<Result<MadeAccount, StripeFailure>> {
  const made = await stripe.call(platform, (sdk) =>
    sdk.v2.core.accounts.create(
      {
        contact_email: wanted.contactEmail,
        ...(wanted.displayName === null ? {} : { display_name: wanted.displayName }),
        ...(wanted.country === null ? {} : { identity: { country: wanted.country } }),
        dashboard: 'full',
        defaults: { responsibilities: { fees_collector: 'stripe', losses_collector: 'stripe' } },
        configuration: { merchant: { capabilities: { card_payments: { requested: true } } } },
        metadata: { tollbridge_connection: wanted.connectionId },
        include: INCLUDED,
      },
      // Version 2 keeps a key for thirty days, and does again what failed under it.
      { idempotencyKey: `tollbridge ${wanted.connectionId} account` },
    ),
  );
  if (!made.ok) return made;
  const createdAt = instantFromIso(made.value.created);
  return ok({
    stripeAccountId: made.value.id,
    state: stateOfCoreAccount(made.value),
    createdAt: createdAt.ok ? createdAt.value : null,
  });
}

/** https://docs.stripe.com/api-v2-overview: a key counts for thirty days; a day less leaves room for both clocks. */
const KEY_DAYS = 29;

/** Whether it was asked for so long ago that the same request would make a second account. */
export const isRequestForgotten = (askedAt: Instant, now: Instant): boolean => addDays(askedAt, KEY_DAYS) < now;

/** The account as it is now, by the platform's right to it. */
export async function readCoreAccount(
  stripe: StripeGateway,
  platform: StripeAccess,
  stripeAccountId: string,
): Promise<Result<AccountState, StripeFailure>> {
  const read = await stripe.call(platform, (sdk) =>
    sdk.v2.core.accounts.retrieve(stripeAccountId, { include: INCLUDED }),
  );
  return read.ok ? ok(stateOfCoreAccount(read.value)) : read;
}

/** Closes an account that the platform made. All it is used for must be named, so it is looked at first; closed is as good. */
export async function closeCoreAccount(
  stripe: StripeGateway,
  platform: StripeAccess,
  stripeAccountId: string,
): Promise<Result<null, StripeFailure>> {
  const read = await stripe.call(platform, (sdk) => sdk.v2.core.accounts.retrieve(stripeAccountId));
  if (!read.ok) return read;
  const { applied_configurations, closed } = read.value;
  if (closed === true) return ok(null);
  const closing = await stripe.call(platform, (sdk) =>
    sdk.v2.core.accounts.close(
      stripeAccountId,
      { applied_configurations },
      { idempotencyKey: `tollbridge ${stripeAccountId} close` },
    ),
  );
  return closing.ok ? ok(null) : closing;
}

export interface AccountLink {
  readonly url: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/**
 * A link to Stripe's page for the details of an account. It opens once, within minutes, so each press makes its own, and it is
 * never stored or logged (https://docs.stripe.com/api/v2/core/account-links).
 */
export async function createAccountLink(
  stripe: StripeGateway,
  platform: StripeAccess,
  link: {
    readonly stripeAccountId: string;
    readonly returnUrl: string;
    readonly refreshUrl: string;
    readonly pressId: string;
  },
): Promise<Result<AccountLink, StripeFailure>> {
  const made = await stripe.call(platform, (sdk) =>
    sdk.v2.core.accountLinks.create(
      {
        account: link.stripeAccountId,
        use_case: {
          type: 'account_onboarding',
          account_onboarding: {
            refresh_url: link.refreshUrl,
            return_url: link.returnUrl,
          },
        },
      },
      { idempotencyKey: `account_link ${link.pressId}` },
    ),
  );
  return made.ok ? ok({ url: made.value.url, expiresAt: made.value.expires_at }) : made;
}

/** An account of version 2 in our words: what it may do, and what Stripe still wants to know. */
export function stateOfCoreAccount(account: CoreAccount): AccountState {
  const capability = account.configuration?.merchant?.capabilities?.card_payments;
  const entries = account.requirements?.entries ?? [];
  return {
    cardPayments: cardPaymentsOf(capability?.status),
    requirements: entries
      .filter((entry) => entry.awaiting_action_from === 'user' && entry.minimum_deadline.status !== 'eventually_due')
      .map((entry) => requirementOf(entry, account.requirements?.summary))
      .sort((left, right) => (left.field < right.field ? -1 : 1)),
    isVerificationPending: entries.some((entry) => entry.awaiting_action_from === 'stripe'),
    disabledReason: disabledReasonOf(capability?.status_details ?? []),
    isClosed: account.closed === true,
  };
}

function cardPaymentsOf(status: string | undefined): CardPayments {
  if (status === 'active' || status === 'pending') return status;
  return status === undefined ? 'unknown' : 'inactive';
}

/** Only what its owner can give, or Stripe is checking, is no reason to call an account restricted. */
function disabledReasonOf(details: readonly { readonly code: string; readonly resolution: string }[]): string | null {
  const standing = details.find(({ code }) => !/^(requirements_|determining_status)/.test(code));
  return standing?.code ?? null;
}

type Requirements = NonNullable<CoreAccount['requirements']>;

function requirementOf(
  entry: NonNullable<Requirements['entries']>[number],
  summary: Requirements['summary'],
): ConnectionRequirement {
  const soonest = summary?.minimum_deadline;
  // The moment stands in the summary alone, for what is due the soonest.
  const time = soonest?.status === entry.minimum_deadline.status ? soonest.time : undefined;
  const at = time === undefined ? null : instantFromIso(time);
  const restricted = entry.impact.restricts_capabilities ?? [];
  return {
    field: entry.description,
    deadlineAt: at?.ok === true ? at.value : null,
    stopsPayments: restricted.some(({ capability }) => capability === 'card_payments'),
  };
}
