import { type Instant, instantOf } from '../time/instant.js';
import type { CardPayments, ChecklistItem, ConnectionRequirement } from './connection.js';
import { missingPermissions } from './permissions.js';
import type { ConnectionReason } from './states.js';

/** What Stripe says about an account, in our words. */
export interface AccountState {
  readonly cardPayments: CardPayments;
  readonly requirements: readonly ConnectionRequirement[];
  readonly isVerificationPending: boolean;
  /** Why Stripe has switched the account off, in its own words; null while it has not. */
  readonly disabledReason: string | null;
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
  if (account === null) return { reason: 'key_proven', message: null };
  if (account.disabledReason !== null && account.cardPayments !== 'active')
    return { reason: 'account_restricted', message: account.disabledReason };
  if (account.cardPayments === 'inactive') return { reason: 'card_payments_inactive', message: null };
  if (account.requirements.length > 0)
    return { reason: 'requirements_due', message: account.requirements.map((each) => each.field).join(', ') };
  if (account.cardPayments === 'pending')
    return { reason: account.isVerificationPending ? 'verification_pending' : 'card_payments_pending', message: null };
  return { reason: 'key_proven', message: null };
}

/** The earliest moment from which Stripe may stop payments; null when nothing has a date. */
export function earliestDeadline(requirements: readonly ConnectionRequirement[]): Instant | null {
  const deadlines = requirements.flatMap(({ deadlineAt }) => (deadlineAt === null ? [] : [deadlineAt]));
  return deadlines.length === 0 ? null : instantOf(Math.min(...deadlines));
}
