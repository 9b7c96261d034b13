import {
  type AccountState,
  type CardPayments,
  type ConnectionRequirement,
  type Instant,
  instantOf,
  ok,
  type Result,
} from '@tollbridge/core';
import type { Stripe, StripeAccess, StripeFailure, StripeGateway } from './gateway.js';

const MILLISECONDS = 1000;

/** Stripe's account in our words: what it may do, and what Stripe still wants to know. */
export function accountStateFromStripe(account: Stripe.Account): AccountState {
  const { requirements } = account;
  return {
    cardPayments: cardPaymentsOf(account),
    requirements: requirementsOf(requirements),
    isVerificationPending: (requirements?.pending_verification ?? []).length > 0,
    disabledReason: requirements?.disabled_reason ?? null,
    // A closed account of version 1 is not there any more.
    isClosed: false,
  };
}

function cardPaymentsOf(account: Stripe.Account): CardPayments {
  const capability: string | undefined = account.capabilities?.card_payments;
  if (capability === 'active' || capability === 'pending' || capability === 'inactive') return capability;
  // Accounts that never asked for capabilities have the older switch.
  if (typeof account.charges_enabled !== 'boolean') return 'unknown';
  return account.charges_enabled ? 'active' : 'inactive';
}

function requirementsOf(requirements: Stripe.Account['requirements']): ConnectionRequirement[] {
  const deadline = requirements?.current_deadline ?? null;
  const deadlineAt: Instant | null = deadline === null ? null : instantOf(deadline * MILLISECONDS);
  const fields = new Set([...(requirements?.past_due ?? []), ...(requirements?.currently_due ?? [])]);
  return [...fields].sort().map((field) => ({ field, deadlineAt, stopsPayments: true }));
}

/** The account as it is now. */
export async function readAccountState(
  stripe: StripeGateway,
  access: StripeAccess,
): Promise<Result<AccountState, StripeFailure>> {
  const answer = await stripe.call(access, (sdk) => sdk.accounts.retrieveCurrent());
  return answer.ok ? ok(accountStateFromStripe(answer.value)) : answer;
}

/** Whose key it is. */
export async function readOwnAccountId(
  stripe: StripeGateway,
  access: StripeAccess,
): Promise<Result<string, StripeFailure>> {
  const answer = await stripe.call(access, (sdk) => sdk.accounts.retrieveCurrent());
  return answer.ok ? ok(answer.value.id) : answer;
}
