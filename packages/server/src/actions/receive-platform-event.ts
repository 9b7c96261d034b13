import { err, ok, type Result } from '@tollbridge/core';
import { jsonFromStripe, keepPushed } from '../connections/keep-pushed.js';
import { accountNamedBy, inboxRowOf } from '../connections/stripe-inbox.js';
import type { Context } from '../context.js';
import { type Problem, problem } from '../problem.js';
import { isTouchDue, listConnectionsOfPlatform, touchConnection } from '../store/connections.js';
import type { StripeEventRow } from '../store/stripe-events.js';
import { findStripePlatform, type StripePlatform } from '../store/stripe-platforms.js';

export interface PlatformEvent {
  readonly platformId: string;
  readonly rawBody: Uint8Array;
  readonly signature: string | null;
}

/** What Stripe is told; it only looks at the status. */
export interface PlatformReceipt {
  readonly received: true;
  /** Null: it was stored, now or before. */
  readonly ignored: 'other_mode' | 'no_connection' | null;
}

/**
 * An event about an account that our platform acts for, snapshot or thin: it goes into the inbox of each connection to that
 * account (STRIPE: behaviours 27 and 29). Verify, store, answer; work later (EVT-1).
 */
export async function receivePlatformEvent(
  context: Context,
  pushed: PlatformEvent,
): Promise<Result<PlatformReceipt, Problem>> {
  const platform = await findStripePlatform(context.db, pushed.platformId);
  if (platform === null) return err(problem('not_found', 'There is no such platform.'));
  const { rawBody, signature } = pushed;
  const now = context.clock.machineNow();
  const secrets = signingSecrets(context, platform);
  if (signature === null || !(await context.stripe.verify({ rawBody, signature, secrets, now })))
    return err(problem('signature_invalid', 'The signature does not fit the body, the secret or the time.'));
  const payload = jsonFromStripe(rawBody);
  const stripeAccountId = accountNamedBy(payload);
  // Of the platform's own money and customers nothing is ours.
  if (stripeAccountId === null) return ok({ received: true, ignored: 'no_connection' });
  const { host, livemode } = platform;
  const connections = await listConnectionsOfPlatform(context.db, { host, livemode, stripeAccountId });
  const rows: StripeEventRow[] = [];
  for (const connection of connections) {
    const row = inboxRowOf(context, connection, { payload, via: 'push' });
    if (row === null)
      return err(problem('stripe_event_malformed', 'The body is signed, but it is no event of Stripe.'));
    rows.push(row);
  }
  // A platform's live endpoint hears test events too; they belong to no environment of this mode (ENV-2).
  const ofMode = rows.filter((row) => row.livemode === livemode);
  await keepPushed(context, ofMode);
  if (ofMode.length > 0)
    for (const connection of connections)
      if (isTouchDue(connection, { via: 'push', now }))
        await touchConnection(context.db, connection, { via: 'push', now });
  return ok({ received: true, ignored: ignoredBecause({ found: rows.length, kept: ofMode.length }) });
}

const ignoredBecause = ({
  found,
  kept,
}: {
  readonly found: number;
  readonly kept: number;
}): PlatformReceipt['ignored'] => {
  if (found === 0) return 'no_connection';
  return kept === 0 ? 'other_mode' : null;
};

/** Snapshots and thin events come to one address, each signed with the secret of its own sender. */
function signingSecrets(context: Context, platform: StripePlatform): string[] {
  const { id, endpointSecretSealed, destinationSecretSealed } = platform;
  return [endpointSecretSealed, destinationSecretSealed]
    .filter((sealed) => sealed !== null)
    .map((sealed) => context.secrets.open(sealed, id));
}
