import { ok, type Result } from '@tollbridge/core';
import type { Stripe, StripeAccess, StripeFailure, StripeGateway } from './gateway.js';
import { PLATFORM_STAMP, TRY_STAMP } from './webhook-endpoints.js';

export interface DestinationAtStripe {
  readonly stripeId: string;
  readonly url: string | null;
  readonly status: string;
  readonly events: readonly string[];
  /** The platform of ours that it was made for; null when it was made for none. */
  readonly platformId: string | null;
  readonly madeBy: string | null;
}

export interface DestinationWanted {
  readonly platformId: string;
  /** Names the try, so that what another one left is told apart from it. */
  readonly madeBy: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly idempotencyKey: string;
}

/** What https://docs.stripe.com/api/v2/core/event-destinations calls the accounts that are connected to ours. */
const CONNECTED_ACCOUNTS = '@accounts';

/** Has thin events of the accounts that the platform acts for sent to us; the secret is in this answer and in no other. */
export async function createEventDestination(
  stripe: StripeGateway,
  platform: StripeAccess,
  wanted: DestinationWanted,
): Promise<Result<{ readonly stripeId: string; readonly secret: string | null }, StripeFailure>> {
  const created = await stripe.call(platform, (sdk) =>
    sdk.v2.core.eventDestinations.create(
      {
        name: 'Tollbridge',
        description: 'Tollbridge: keeps the state of connected accounts in step',
        type: 'webhook_endpoint',
        event_payload: 'thin',
        enabled_events: [...wanted.events],
        events_from: [CONNECTED_ACCOUNTS],
        webhook_endpoint: { url: wanted.url },
        metadata: { [PLATFORM_STAMP]: wanted.platformId, [TRY_STAMP]: wanted.madeBy },
        include: ['webhook_endpoint.signing_secret'],
      },
      { idempotencyKey: wanted.idempotencyKey },
    ),
  );
  if (!created.ok) return created;
  return ok({ stripeId: created.value.id, secret: created.value.webhook_endpoint?.signing_secret ?? null });
}

/** An account has at most 16 receivers (https://docs.stripe.com/webhooks), so this is all of them. */
const DESTINATIONS_MAX = 100;

/** All destinations of the platform. */
export async function listEventDestinations(
  stripe: StripeGateway,
  platform: StripeAccess,
): Promise<Result<DestinationAtStripe[], StripeFailure>> {
  const listed = await stripe.call(platform, (sdk) =>
    sdk.v2.core.eventDestinations.list({ limit: DESTINATIONS_MAX, include: ['webhook_endpoint.url'] }),
  );
  return listed.ok ? ok(listed.value.data.map(destinationFromStripe)) : listed;
}

const destinationFromStripe = (destination: Stripe.V2.Core.EventDestination): DestinationAtStripe => ({
  stripeId: destination.id,
  url: destination.webhook_endpoint?.url ?? null,
  status: destination.status,
  events: destination.enabled_events,
  platformId: destination.metadata?.[PLATFORM_STAMP] ?? null,
  madeBy: destination.metadata?.[TRY_STAMP] ?? null,
});

/** Changes which events one sends and where, and switches it on where it is off. */
export async function updateEventDestination(
  stripe: StripeGateway,
  platform: StripeAccess,
  change: {
    readonly stripeId: string;
    readonly url: string;
    readonly events: readonly string[];
    readonly isOff: boolean;
    readonly idempotencyKey: string;
  },
): Promise<Result<null, StripeFailure>> {
  const { events, idempotencyKey, isOff, stripeId, url } = change;
  const params = { enabled_events: [...events], webhook_endpoint: { url } };
  const updated = await stripe.call(platform, (sdk) =>
    sdk.v2.core.eventDestinations.update(stripeId, params, { idempotencyKey }),
  );
  if (!updated.ok || !isOff) return updated.ok ? ok(null) : updated;
  const enabled = await stripe.call(platform, (sdk) =>
    sdk.v2.core.eventDestinations.enable(stripeId, {}, { idempotencyKey: `${idempotencyKey} on` }),
  );
  return enabled.ok ? ok(null) : enabled;
}

/** Deletes one; that it is gone already is as good. */
export async function deleteEventDestination(
  stripe: StripeGateway,
  platform: StripeAccess,
  stripeId: string,
): Promise<Result<null, StripeFailure>> {
  const deleted = await stripe.call(platform, (sdk) => sdk.v2.core.eventDestinations.del(stripeId));
  if (!deleted.ok && deleted.error.kind !== 'missing') return deleted;
  return ok(null);
}
