import type { Instant } from '../time/instant.js';
import type { StripeHost } from './host-rule.js';
import type { ConnectionMode } from './mode.js';
import type { ConnectionReason, ConnectionStatus } from './states.js';

export type CardPayments = 'active' | 'pending' | 'inactive' | 'unknown';

/** Something that Stripe still wants to know about the account, in Stripe's words and with its deadline. */
export interface ConnectionRequirement {
  readonly field: string;
  readonly deadlineAt: Instant | null;
  /** Whether card payments end without it; some details hold up payouts alone. */
  readonly stopsPayments: boolean;
}

/** One permission as the probe found it; `granted` is null while nobody has asked. */
export interface ChecklistItem {
  readonly permission: string;
  readonly neededFor: string;
  readonly isRequired: boolean;
  readonly granted: boolean | null;
  readonly howToAdd: string;
}

/**
 * How Stripe's events are pushed to us: an endpoint that we made in the account, one made there by hand, the one endpoint that
 * our platform has for all accounts connected to it, or none at all.
 */
export type WebhookMode = 'managed' | 'manual' | 'platform' | 'none';

/** Why we could not make the endpoint by ourselves; events are then polled, and a person may make one by hand. */
export type WebhookProblem =
  | 'address_not_public'
  | 'permission_missing'
  | 'endpoint_limit_reached'
  | 'refused_by_stripe';

/** A person of the organization, or one of its API keys. */
export interface ConnectedBy {
  readonly kind: 'person' | 'api_key';
  readonly id: string;
}

/** What our platform has an account made with. */
export interface AccountWanted {
  /** Stripe writes to it, and begins its onboarding with it. */
  readonly contactEmail: string;
  readonly displayName: string | null;
  /** ISO 3166, two small letters; null lets the owner choose. */
  readonly country: string | null;
  /** When Stripe was first asked to make it: from then on it may be there, whatever we were told; null before. */
  readonly askedAt: Instant | null;
}

/** An environment's link to one Stripe account. Secrets are stored beside it, encrypted, never in it. */
export interface Connection {
  readonly environmentId: string;
  readonly id: string;
  /** The operator's own word for it, unique in the environment. */
  readonly code: string;
  readonly name: string;
  readonly mode: ConnectionMode;
  readonly status: ConnectionStatus;
  /** Why it has this status. */
  readonly reason: ConnectionReason;
  /** What Stripe said, for a person to read; null when the reason says it all. */
  readonly statusMessage: string | null;
  readonly statusChangedAt: Instant;
  /** Off stops new sales and collection; nothing is cancelled. */
  readonly enabled: boolean;
  /** Whether customers are made in Stripe unless they say otherwise. */
  readonly createCustomers: boolean;
  readonly isDefault: boolean;
  readonly stripeAccountId: string | null;
  /** Who connected it, and alone may connect it again by OAuth (CON-9); null where it was not a person or key of ours. */
  readonly connectedBy: ConnectedBy | null;
  readonly livemode: boolean;
  readonly host: StripeHost;
  readonly apiVersion: string;
  readonly publishableKey: string | null;
  /** The secret key as it may be shown. */
  readonly secretKeyHint: string | null;
  readonly cardPayments: CardPayments;
  readonly requirements: readonly ConnectionRequirement[];
  /** The earliest moment from which Stripe may stop payments; null when nothing is due. */
  readonly deadlineAt: Instant | null;
  readonly checklist: readonly ChecklistItem[];
  /** Until the account is made by our platform; null from then on, and in the other modes. */
  readonly accountWanted: AccountWanted | null;
  readonly webhookMode: WebhookMode;
  /** The endpoint's id in Stripe, when we made it for this connection. */
  readonly webhookEndpointId: string | null;
  readonly webhookProblem: WebhookProblem | null;
  /** When an event was last pushed to us. */
  readonly lastPushAt: Instant | null;
  /** When an event last reached us, pushed or polled. */
  readonly lastEventAt: Instant | null;
  readonly version: number;
  readonly createdAt: Instant;
}
