import { addHours, keyMade, type Payment } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { callsEndInMilliseconds } from '../connections/late-calls.js';
import type { Context } from '../context.js';
import { commitRow } from '../store/commit.js';
import type { ConnectionWithAccess } from '../store/connections.js';
import { paymentsTable } from '../store/payments.js';
import { SEARCH_EXHAUSTED } from '../stripe/find-in-list.js';
import { isPassing, type StripeFailure } from '../stripe/gateway.js';
import { type LoadedPayment, timesOf } from './load-collection.js';
import { notYet } from './not-yet.js';

/** What came of a call to Stripe for an attempt. Whoever made it commits the changes, and may then look again. */
export type CarriedOut =
  /** Stripe's answer is known. */
  | { readonly kind: 'decided'; readonly changes: Changes }
  /** Another look must follow, and perhaps another call; it is committed to by these changes. */
  | { readonly kind: 'again'; readonly changes: Changes }
  /** No answer, or not now: later once more. `shown` is what the invoice says meanwhile; null when it passes by itself. */
  | {
      readonly kind: 'later';
      readonly failure: StripeFailure;
      readonly shown: string | null;
      /** When it is known how long to wait. Then the wait is no failure. */
      readonly delayMilliseconds?: number;
    }
  /** Stripe refused to withdraw the attempt, which is now as `payment` says: the withdrawal is to be asked for again, or not. */
  | {
      readonly kind: 'refused';
      readonly failure: StripeFailure;
      readonly payment: Payment;
      readonly changes: Changes;
    }
  /** The key is refused, or lacks a right: nothing is decided until it, or another, is let in. */
  | { readonly kind: 'key_refused'; readonly found: ConnectionWithAccess; readonly failure: StripeFailure }
  /** The connection has no keys, or is lost: it goes on when it is back. */
  | { readonly kind: 'disconnected' };

/** Stripe forgets a key after 24 hours at the earliest; an hour is left for clocks that disagree (STRIPE.md, 6A 1). */
const KEY_HOURS_MAX = 23;

/** Whether nothing may be sent under the present key any more. */
export const isKeyStale = (payment: Payment, machineNow: number): boolean =>
  payment.keySpentAt !== null ||
  (payment.keyUsedAt !== null && addHours(payment.keyUsedAt, KEY_HOURS_MAX) <= machineNow);

/** One call for one attempt. */
export interface Step {
  readonly context: Context;
  readonly loaded: LoadedPayment;
  readonly found: ConnectionWithAccess;
}

/** A step whose call may be made now. */
export interface Calling extends Step {
  /** Nothing was sent under the key before: what refuses this call, refuses what it was made for. */
  readonly isFirst: boolean;
}

/**
 * Writes down that something is sent under the present key, before it is. Throws VersionConflict when somebody was faster;
 * then all is looked at again.
 */
export async function beginCall(step: Step): Promise<Calling> {
  const { context, loaded } = step;
  if (loaded.payment.keySentAt !== null) return { ...step, isFirst: false };
  const machineNow = context.clock.machineNow();
  const row: Payment = { ...loaded.payment, keySentAt: machineNow };
  const payment = await commitRow(context.db, paymentsTable, { row, machineNow });
  return { ...step, loaded: { ...loaded, payment }, isFirst: true };
}

/** Committed before it is used, so that a crash in between cannot lose sight of what was sent under it. */
export async function withNewKey({ context, loaded }: Step): Promise<CarriedOut> {
  const { payment } = loaded;
  const times = await timesOf(context, payment.environmentId);
  const renewed: Payment = { ...payment, keyGeneration: payment.keyGeneration + 1, ...keyMade(times) };
  return { kind: 'again', changes: new Changes().update(paymentsTable, renewed) };
}

/**
 * Before Stripe is asked whether it ever heard of an attempt: nothing is sent under the key any more, and what was sent has
 * ended (`connections/late-calls.ts`). Null when that is so.
 */
export function untilCallsEnded({ context, loaded }: Step): CarriedOut | null {
  const { payment } = loaded;
  const now = context.clock.machineNow();
  if (payment.keySpentAt === null) {
    return { kind: 'again', changes: new Changes().update(paymentsTable, { ...payment, keySpentAt: now }) };
  }
  const delayMilliseconds = callsEndInMilliseconds(payment.keySpentAt, now);
  return delayMilliseconds === 0 ? null : { kind: 'later', failure: CALLS_MAY_END, shown: null, delayMilliseconds };
}

const CALLS_MAY_END = notYet(
  'payment_calls_under_way',
  'An earlier call may still end; then Stripe is asked about it.',
);

/** The invoice says this while Stripe refuses to tell what became of an attempt. */
const OUTCOME_UNKNOWN = 'payment_outcome_unknown';

/**
 * Stripe was asked what happened and did not say. As long as that is so nothing is guessed and nothing given up; a
 * refusal, which does not pass by itself, is shown on the invoice, and the connection is looked at.
 */
export function unanswered({ found }: Step, failure: StripeFailure): CarriedOut {
  if (failure.kind === 'unauthorized') return { kind: 'key_refused', found, failure };
  const passes = isPassing(failure) && failure.code !== SEARCH_EXHAUSTED;
  return { kind: 'later', failure, shown: passes ? null : OUTCOME_UNKNOWN };
}
