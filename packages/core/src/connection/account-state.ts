import { type Instant, instantOf } from '../time/instant.js';
import type { CardPayments, ChecklistItem, ConnectionRequirement } from './connection.js';
import { missingPermissions } from './permissions.js';
import { wordsForAll } from './requirement-words.js';
import type { ConnectionReason } from './states.js';

/** What Stripe says about an account, in our words. */
export interface AccountState {
  readonly cardPayments: CardPayments;
  readonly requirements: readonly ConnectionRequirement[];
  readonly isVerificationPending: boolean;
  /** Why Stripe has switched the account off, in its own words; null while it has not. */
  readonly disabledReason: string | null;
  readonly isClosed: boolean;
}

export interface ConnectionVerdict {
  readonly reason: ConnectionReason;
  /** What a person should know beyond the reason's own sentence. */
  readonly message: string | null;
}

/**
 * What a key and the account behind it amount to. `account` is null when the key may not read it: then the proof by
 * probes is all there is.
 *
 * Errors: none; every outcome is a reason of the table of states.
 */
export function judgeConnection(checklist: readonly ChecklistItem[], account: AccountState | null): ConnectionVerdict {
  const missing = missingPermissions(checklist);
  if (missing.length > 0) {
    const names = missing.map((item) => item.permission).join(', ');
    return { reason: 'permission_missing', message: `Missing: ${names}.` };
  }
  return account === null ? { reason: 'key_proven', message: null } : judgeAccount(account, 'key_proven');
}

/**
 * What an account amounts to that a platform acts for; `whenReady` is the reason of one in order. Details that are wanted are
 * work for its owner, whatever they have stopped already; only what no detail can mend is trouble.
 *
 * Errors: none; every outcome is a reason of the table of states.
 */
export function judgeAccount(account: AccountState, whenReady: 'key_proven' | 'account_active'): ConnectionVerdict {
  const { cardPayments, disabledReason, isClosed, isVerificationPending, requirements } = account;
  if (isClosed) return { reason: 'account_closed', message: null };
  const takesCards = cardPayments === 'active';
  if (!takesCards && disabledReason !== null && !isForDetails(disabledReason))
    return { reason: 'account_restricted', message: disabledReason };
  if (requirements.length > 0) return { reason: 'requirements_due', message: wordsForAll(requirements) };
  if (!takesCards && isVerificationPending) return { reason: 'verification_pending', message: null };
  if (cardPayments === 'inactive') return { reason: 'card_payments_inactive', message: null };
  if (cardPayments === 'pending') return { reason: 'card_payments_pending', message: null };
  return { reason: whenReady, message: null };
}

/** Switched off until details are given or checked: https://docs.stripe.com/connect/handling-api-verification */
const isForDetails = (disabledReason: string): boolean => /^(requirements|action_required)\./.test(disabledReason);

/** The earliest moment from which Stripe may stop payments; null when nothing that stops them has a date. */
export function earliestDeadline(requirements: readonly ConnectionRequirement[]): Instant | null {
  const deadlines = requirements.flatMap(({ deadlineAt, stopsPayments }) =>
    deadlineAt === null || !stopsPayments ? [] : [deadlineAt],
  );
  return deadlines.length === 0 ? null : instantOf(Math.min(...deadlines));
}
