import { addHours, invariant, type Payment } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { searchFloorSeconds } from '../connections/search-floor.js';
import type { Context } from '../context.js';
import type { ConnectionWithAccess } from '../store/connections.js';
import { paymentsTable } from '../store/payments.js';
import { SEARCH_EXHAUSTED } from '../stripe/find-in-list.js';
import { isPassing, type StripeFailure } from '../stripe/gateway.js';
import type { LoadedPayment } from './load-collection.js';

/** What came of a call to Stripe for an attempt. Whoever made it commits the changes, and may then look again. */
export type CarriedOut =
  /** Stripe's answer is known. */
  | { readonly kind: 'decided'; readonly changes: Changes }
  /** Another look must follow, and perhaps another call; it is committed to by these changes. */
  | { readonly kind: 'again'; readonly changes: Changes }
  /** No answer, or not now: later once more. `shown` is what the invoice says meanwhile; null when it passes by itself. */
  | { readonly kind: 'later'; readonly failure: StripeFailure; readonly shown: string | null }
  /** The key is refused, or lacks a right: nothing is decided until it, or another, is let in. */
  | { readonly kind: 'key_refused'; readonly found: ConnectionWithAccess; readonly failure: StripeFailure }
  /** The connection has no keys, or is lost: it goes on when it is back. */
  | { readonly kind: 'disconnected' };

/** Stripe forgets a key after 24 hours at the earliest; an hour is left for clocks that disagree (STRIPE.md, 6A 1). */
const KEY_HOURS_MAX = 23;

export const isKeyStale = (payment: Payment, machineNow: number): boolean =>
  payment.keyUsedAt !== null && addHours(payment.keyUsedAt, KEY_HOURS_MAX) <= machineNow;

/** One call for one attempt. */
export interface Step {
  readonly context: Context;
  readonly loaded: LoadedPayment;
  readonly found: ConnectionWithAccess;
}

/** Committed before it is used, so that a crash in between cannot lose sight of what was sent under it. */
export function withNewKey({ context, loaded }: Step): CarriedOut {
  const { payment } = loaded;
  const renewed: Payment = {
    ...payment,
    keyGeneration: payment.keyGeneration + 1,
    keyUsedAt: context.clock.machineNow(),
  };
  return { kind: 'again', changes: new Changes().update(paymentsTable, renewed) };
}

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

/** Older objects at Stripe than this, in its seconds, are not what the present key has made. */
export function searchFloorOf({ context, loaded }: Step): Promise<number> {
  const { environmentId, keyUsedAt } = loaded.payment;
  invariant(keyUsedAt !== null, 'what is looked for was sent under a key');
  return searchFloorSeconds(context, { environmentId, begunAt: keyUsedAt });
}
