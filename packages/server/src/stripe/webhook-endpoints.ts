import { ok, type Result } from '@tollbridge/core';
import {
  STRIPE_API_VERSION,
  type Stripe,
  type StripeAccess,
  type StripeFailure,
  type StripeGateway,
} from './gateway.js';

/** By which an endpoint at Stripe is known to be ours: which connection of ours it was made for, or which platform. */
const CONNECTION_STAMP = 'tollbridge_connection';
export const PLATFORM_STAMP = 'tollbridge_platform';
/** Which try has made it. */
export const TRY_STAMP = 'tollbridge_try';
/** https://docs.stripe.com/webhooks: 16 for an account; the pages are bounded well beyond it. */
export const ENDPOINTS_MAX = 16;
const PAGES_MAX = 3;

export interface EndpointAtStripe {
  readonly stripeId: string;
  readonly url: string;
  readonly status: string;
  readonly events: readonly string[];
  readonly createdSeconds: number;
  /** The connection it was made for; null when it was made for none of ours. */
  readonly connectionId: string | null;
  /** The platform it was made for; null when it was made for none of ours. */
  readonly platformId: string | null;
  readonly madeBy: string | null;
}

export interface EndpointWanted {
  /** The connection it is for, in whose own account it stands; or the platform, which hears of the accounts it acts for. */
  readonly madeFor: { readonly connectionId: string } | { readonly platformId: string };
  /** Names the try, so that what another one left is told apart from it. */
  readonly madeBy: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly idempotencyKey: string;
}

/** Makes the endpoint with our API version; its signing secret is in this answer and in no other. */
export async function createWebhookEndpoint(
  stripe: StripeGateway,
  access: StripeAccess,
  wanted: EndpointWanted,
): Promise<Result<{ readonly stripeId: string; readonly secret: string | null }, StripeFailure>> {
  const { madeFor } = wanted;
  const stamps: Record<string, string> =
    'platformId' in madeFor ? { [PLATFORM_STAMP]: madeFor.platformId } : { [CONNECTION_STAMP]: madeFor.connectionId };
  const created = await stripe.call(access, (sdk) =>
    sdk.webhookEndpoints.create(
      {
        ...('platformId' in madeFor ? { connect: true } : {}),
        url: wanted.url,
        enabled_events: wanted.events as Stripe.WebhookEndpointCreateParams.EnabledEvent[],
        api_version: STRIPE_API_VERSION as Stripe.WebhookEndpointCreateParams.ApiVersion,
        description: 'Tollbridge: keeps invoices and payments in step',
        metadata: { ...stamps, [TRY_STAMP]: wanted.madeBy },
      },
      { idempotencyKey: wanted.idempotencyKey },
    ),
  );
  if (!created.ok) return created;
  return ok({ stripeId: created.value.id, secret: created.value.secret ?? null });
}

/** All endpoints of the account. */
export async function listWebhookEndpoints(
  stripe: StripeGateway,
  access: StripeAccess,
): Promise<Result<EndpointAtStripe[], StripeFailure>> {
  const found: EndpointAtStripe[] = [];
  for (let page = 0; page < PAGES_MAX; page++) {
    const after = found.at(-1)?.stripeId;
    const answer = await stripe.call(access, (sdk) =>
      sdk.webhookEndpoints.list({ limit: 100, ...(after === undefined ? {} : { starting_after: after }) }),
    );
    if (!answer.ok) return answer;
    found.push(...answer.value.data.map(endpointFromStripe));
    if (!answer.value.has_more) break;
  }
  return ok(found);
}

const endpointFromStripe = (endpoint: Stripe.WebhookEndpoint): EndpointAtStripe => ({
  stripeId: endpoint.id,
  url: endpoint.url,
  status: endpoint.status,
  events: endpoint.enabled_events,
  createdSeconds: endpoint.created,
  connectionId: endpoint.metadata[CONNECTION_STAMP] ?? null,
  platformId: endpoint.metadata[PLATFORM_STAMP] ?? null,
  madeBy: endpoint.metadata[TRY_STAMP] ?? null,
});

/** Changes what an endpoint is subscribed to and, where one is named, its address; and switches it on. */
export async function updateWebhookEndpoint(
  stripe: StripeGateway,
  access: StripeAccess,
  change: {
    readonly stripeId: string;
    readonly events: readonly string[];
    readonly url?: string;
    readonly idempotencyKey: string;
  },
): Promise<Result<null, StripeFailure>> {
  const { stripeId, idempotencyKey } = change;
  const url = change.url === undefined ? {} : { url: change.url };
  const enabled_events = change.events as Stripe.WebhookEndpointUpdateParams.EnabledEvent[];
  const updated = await stripe.call(access, (sdk) =>
    sdk.webhookEndpoints.update(stripeId, { ...url, enabled_events, disabled: false }, { idempotencyKey }),
  );
  return updated.ok ? ok(null) : updated;
}

/** Deletes one; that it is gone already is as good. */
export async function deleteWebhookEndpoint(
  stripe: StripeGateway,
  access: StripeAccess,
  stripeId: string,
): Promise<Result<null, StripeFailure>> {
  const deleted = await stripe.call(access, (sdk) => sdk.webhookEndpoints.del(stripeId));
  if (!deleted.ok && deleted.error.kind !== 'missing') return deleted;
  return ok(null);
}
