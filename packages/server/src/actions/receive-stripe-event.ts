import { err, type Instant, ok, type Result } from '@tollbridge/core';
import { jsonFromStripe, keepPushed } from '../connections/keep-pushed.js';
import { inboxRowOf } from '../connections/stripe-inbox.js';
import type { Context } from '../context.js';
import { type Problem, problem } from '../problem.js';
import type { ConnectionCredentials } from '../store/connection-credentials.js';
import { findConnectionWithCredentials, isTouchDue, touchConnection } from '../store/connections.js';

export interface PushedEvent {
  readonly connectionId: string;
  readonly rawBody: Uint8Array;
  readonly signature: string | null;
}

/** What Stripe is told; it only looks at the status. */
export interface Receipt {
  readonly received: true;
  /** Null: it was stored, now or before. */
  readonly ignored: 'other_mode' | null;
}

/** Verify, store, answer; work later (EVT-1). What is not signed is not even parsed, and stores nothing. */
export async function receiveStripeEvent(context: Context, pushed: PushedEvent): Promise<Result<Receipt, Problem>> {
  const found = await findConnectionWithCredentials(context.db, pushed.connectionId);
  if (found === null) return err(problem('not_found', 'There is no such connection.'));
  const { connection, credentials } = found;
  const now = context.clock.machineNow();
  const secrets = credentials === null ? [] : signingSecrets(context, credentials, now);
  const { rawBody, signature } = pushed;
  if (signature === null || !(await context.stripe.verify({ rawBody, signature, secrets, now })))
    return err(problem('signature_invalid', 'The signature does not fit the body, the secret or the time.'));
  const row = inboxRowOf(context, connection, { payload: jsonFromStripe(rawBody), via: 'push' });
  if (row === null) return err(problem('stripe_event_malformed', 'The body is signed, but it is no event of Stripe.'));
  // A platform's live endpoint hears test events too; they belong to no environment of this mode (ENV-2).
  if (row.livemode !== connection.livemode) return ok({ received: true, ignored: 'other_mode' });
  await keepPushed(context, [row]);
  if (isTouchDue(connection, { via: 'push', now })) await touchConnection(context.db, connection, { via: 'push', now });
  return ok({ received: true, ignored: null });
}

/** Both secrets during a rotation (EVT-1). */
function signingSecrets(context: Context, credentials: ConnectionCredentials, now: Instant): string[] {
  const { webhookSecretSealed: first, secondWebhookSecretSealed: second } = credentials;
  const isSecondValid = (credentials.secondWebhookSecretExpiresAt ?? Number.POSITIVE_INFINITY) > now;
  return [first, isSecondValid ? second : null]
    .filter((sealed) => sealed !== null)
    .map((sealed) => context.secrets.open(sealed, credentials.connectionId));
}
