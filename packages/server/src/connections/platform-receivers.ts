import { err, ok, type Result } from '@tollbridge/core';
import type { Context } from '../context.js';
import type { StripePlatform } from '../store/stripe-platforms.js';
import {
  createEventDestination,
  deleteEventDestination,
  listEventDestinations,
  updateEventDestination,
} from '../stripe/event-destinations.js';
import type { StripeAccess, StripeFailure } from '../stripe/gateway.js';
import { strangeAnswer } from '../stripe/strange-answer.js';
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  listWebhookEndpoints,
  updateWebhookEndpoint,
} from '../stripe/webhook-endpoints.js';
import { neededStripeEvents, neededThinEvents } from '../stripe-event-handlers.js';

export interface ReceiverWork {
  readonly context: Context;
  /** The platform's own right. */
  readonly access: StripeAccess;
  readonly platform: StripePlatform;
  /** Where both kinds of events are to go. */
  readonly url: string;
  /** Names the try, so that what another one left is told apart from it. */
  readonly madeBy: string;
  readonly idempotencyKey: string;
}

interface AtStripe {
  readonly stripeId: string;
  readonly url: string | null;
  readonly status: string;
  readonly events: readonly string[];
  readonly platformId: string | null;
  readonly madeBy: string | null;
}

/** What a platform has at Stripe to hear of its accounts by: the two kinds are made, listed and changed in their own ways. */
export interface Receiver {
  readonly name: 'endpoint' | 'destination';
  events(): string[];
  idOf(platform: StripePlatform): string | null;
  list(work: ReceiverWork): Promise<Result<AtStripe[], StripeFailure>>;
  create(
    work: ReceiverWork,
  ): Promise<Result<{ readonly stripeId: string; readonly secret: string | null }, StripeFailure>>;
  update(work: ReceiverWork, present: AtStripe): Promise<Result<null, StripeFailure>>;
  remove(work: ReceiverWork, stripeId: string): Promise<Result<null, StripeFailure>>;
  with(platform: StripePlatform, made: { readonly stripeId: string; readonly sealed: string }): StripePlatform;
}

/** Snapshot events of all accounts that the platform acts for. */
export const SNAPSHOT_RECEIVER: Receiver = {
  name: 'endpoint',
  events: neededStripeEvents,
  idOf: ({ endpointId }) => endpointId,
  list: ({ access, context }) => listWebhookEndpoints(context.stripe, access),
  create: ({ access, context, idempotencyKey, madeBy, platform, url }) =>
    createWebhookEndpoint(context.stripe, access, {
      madeFor: { platformId: platform.id },
      madeBy,
      url,
      events: neededStripeEvents(),
      idempotencyKey,
    }),
  update: ({ access, context, idempotencyKey, url }, { stripeId }) =>
    updateWebhookEndpoint(context.stripe, access, { stripeId, url, events: neededStripeEvents(), idempotencyKey }),
  remove: ({ access, context }, stripeId) => deleteWebhookEndpoint(context.stripe, access, stripeId),
  with: (platform, { sealed, stripeId }) => ({ ...platform, endpointId: stripeId, endpointSecretSealed: sealed }),
};

/** Thin events of them, which come to destinations alone (STRIPE: behaviour 29). */
export const THIN_RECEIVER: Receiver = {
  name: 'destination',
  events: neededThinEvents,
  idOf: ({ destinationId }) => destinationId,
  list: ({ access, context }) => listEventDestinations(context.stripe, access),
  create: ({ access, context, idempotencyKey, madeBy, platform, url }) =>
    createEventDestination(context.stripe, access, {
      platformId: platform.id,
      madeBy,
      url,
      events: neededThinEvents(),
      idempotencyKey: `${idempotencyKey} thin`,
    }),
  update: ({ access, context, idempotencyKey, url }, { status, stripeId }) =>
    updateEventDestination(context.stripe, access, {
      stripeId,
      url,
      events: neededThinEvents(),
      isOff: status === 'disabled',
      idempotencyKey: `${idempotencyKey} thin`,
    }),
  remove: ({ access, context }, stripeId) => deleteEventDestination(context.stripe, access, stripeId),
  with: (platform, { sealed, stripeId }) => ({ ...platform, destinationId: stripeId, destinationSecretSealed: sealed }),
};

/**
 * The platform with one of them as it must be: made where there is none, put right where it is off, narrower or at another
 * address. What earlier tries left at our address is removed, since nobody knows its secret; at another address stands what another
 * installation uses, which began with a copy of our database.
 */
export async function withReceiver(
  receiver: Receiver,
  work: ReceiverWork,
): Promise<Result<StripePlatform, StripeFailure>> {
  const { context, madeBy, platform, url } = work;
  const listed = await receiver.list(work);
  if (!listed.ok) return listed;
  const ours = listed.value.filter(({ platformId }) => platformId === platform.id);
  const known = receiver.idOf(platform);
  for (const left of ours) {
    if (left.stripeId === known || left.madeBy === madeBy || left.url !== url) continue;
    const removed = await receiver.remove(work, left.stripeId);
    if (!removed.ok) return removed;
  }
  const present = ours.find(({ stripeId }) => stripeId === known);
  if (present !== undefined) {
    if (isAsItMustBe(present, { url, events: receiver.events() })) return ok(platform);
    const updated = await receiver.update(work, present);
    return updated.ok ? ok(platform) : updated;
  }
  const created = await receiver.create(work);
  if (!created.ok) return created;
  const { secret, stripeId } = created.value;
  if (secret === null) return err(strangeAnswer(`a new ${receiver.name}`));
  return ok(receiver.with(platform, { stripeId, sealed: context.secrets.seal(secret, platform.id) }));
}

const isAsItMustBe = (
  { events, status, url }: AtStripe,
  wanted: { readonly url: string; readonly events: readonly string[] },
): boolean =>
  status !== 'disabled' &&
  url === wanted.url &&
  (events.includes('*') || wanted.events.every((type) => events.includes(type)));
