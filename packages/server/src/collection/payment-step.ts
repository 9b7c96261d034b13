import { addHours, type Payment } from '@tollbridge/core';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import type { ConnectionWithAccess } from '../store/connections.js';
import { paymentsTable } from '../store/payments.js';
import type { StripeFailure } from '../stripe/gateway.js';
import type { LoadedPayment } from './load-collection.js';

/** What came of a call to Stripe for an attempt. Whoever made it commits the changes, and may then look again. */
export type CarriedOut =
  /** Stripe's answer is known. */
  | { readonly kind: 'decided'; readonly changes: Changes }
  /** Another call must follow; it is committed to by these changes. */
  | { readonly kind: 'again'; readonly changes: Changes }
  /** No answer, or not now: the same call later, under the same key. */
  | { readonly kind: 'later'; readonly failure: StripeFailure }
  | { readonly kind: 'unauthorized'; readonly found: ConnectionWithAccess }
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
