import {
  type AccountState,
  type AccountWanted,
  type ChecklistItem,
  type ConnectedBy,
  type Connection,
  earliestDeadline,
  type Instant,
  modeOfEnvironment,
  redactKey,
} from '@tollbridge/core';
import type { Context } from '../context.js';
import type { ConnectionCredentials } from '../store/connection-credentials.js';
import type { ConnectionTransitionRow } from '../store/connection-transitions.js';
import type { Environment } from '../store/organizations.js';
import type { StripeEventPoll } from '../store/stripe-event-polls.js';
import { STRIPE_API_VERSION } from '../stripe/gateway.js';
import type { GivenKeys } from './given-keys.js';

/** What whoever connects chooses, in every mode. */
export interface WantedConnection {
  readonly code: string;
  readonly name: string;
  readonly createCustomers: boolean;
  readonly enabled: boolean;
  readonly isDefault: boolean;
  /** Null while nobody has: by consent whoever comes back from Stripe does. */
  readonly connectedBy: ConnectedBy | null;
}

export interface ConnectionByKey extends WantedConnection {
  readonly keys: GivenKeys;
  readonly webhookSecret: string | null;
}

/** Of a connection to an account whose owner lets a platform of ours in. */
export interface ConnectionByConsent extends WantedConnection {
  readonly host: Connection['host'];
}

/** Of a connection whose account a platform of ours makes. */
export interface ManagedConnection extends WantedConnection {
  readonly host: Connection['host'];
  readonly account: AccountWanted;
}

/** What a probe brought, as far as the row of a connection shows it. */
export interface ProvenAccount {
  readonly accountId: string;
  readonly account: AccountState | null;
  readonly checklist: readonly ChecklistItem[];
}

interface Made {
  readonly id: string;
  readonly now: Instant;
}

/** The row of a new connection by key as it is before its key's proof is applied to it. */
export function newConnection(
  environment: Pick<Environment, 'id' | 'kind'>,
  input: ConnectionByKey,
  { proven, ...made }: Made & { readonly proven: ProvenAccount },
): Connection {
  const { keys } = input;
  return {
    ...emptyConnection(environment, input, made),
    mode: 'key',
    stripeAccountId: proven.accountId,
    host: keys.host,
    publishableKey: keys.publishable?.text ?? null,
    secretKeyHint: redactKey(keys.secret),
    ...accountFields(proven.account),
    checklist: proven.checklist,
    webhookMode: input.webhookSecret === null ? 'none' : 'manual',
  };
}

/** The row of a new connection whose account is still to be made: it is there, and seen, before Stripe is asked (CON-1). */
export const newManagedConnection = (
  environment: Pick<Environment, 'id' | 'kind'>,
  input: ManagedConnection,
  made: Made,
): Connection => ({
  ...emptyConnection(environment, input, made),
  mode: 'managed',
  host: input.host,
  accountWanted: input.account,
});

/** The row of a new connection that somebody has still to allow at Stripe (CON-3). */
export const newConnectionByConsent = (
  environment: Pick<Environment, 'id' | 'kind'>,
  input: ConnectionByConsent,
  made: Made,
): Connection => ({
  ...emptyConnection(environment, input, made),
  mode: 'oauth',
  host: input.host,
  reason: 'consent_awaited',
});

const emptyConnection = (
  environment: Pick<Environment, 'id' | 'kind'>,
  { code, name, connectedBy, createCustomers, enabled, isDefault }: WantedConnection,
  { id, now }: Made,
): Omit<Connection, 'mode' | 'host'> => ({
  environmentId: environment.id,
  id,
  code,
  name,
  status: 'connecting',
  reason: 'account_status_awaited',
  statusMessage: null,
  statusChangedAt: now,
  enabled,
  createCustomers,
  isDefault,
  stripeAccountId: null,
  connectedBy,
  // The environment decides Stripe's mode (ENV-2).
  livemode: modeOfEnvironment(environment.kind) === 'live',
  apiVersion: STRIPE_API_VERSION,
  publishableKey: null,
  secretKeyHint: null,
  ...accountFields(null),
  checklist: [],
  accountWanted: null,
  webhookMode: 'none',
  webhookEndpointId: null,
  webhookProblem: null,
  lastPushAt: null,
  lastEventAt: null,
  version: 1,
  createdAt: now,
});

/** What the row shows of the account behind it. */
export const accountFields = (account: AccountState | null) => ({
  cardPayments: account?.cardPayments ?? ('unknown' as const),
  requirements: account?.requirements ?? [],
  deadlineAt: earliestDeadline(account?.requirements ?? []),
});

/** The first line of a history: how the connection came to be. */
export const firstTransition = (context: Pick<Context, 'newId'>, connection: Connection): ConnectionTransitionRow => ({
  environmentId: connection.environmentId,
  id: context.newId('connectionTransition'),
  connectionId: connection.id,
  fromStatus: null,
  toStatus: connection.status,
  reason: connection.reason,
  message: null,
  occurredAt: connection.createdAt,
});

/** The secrets, sealed with the connection's id as their owner (CON-12). */
export const newCredentials = (
  context: Pick<Context, 'secrets'>,
  connection: Connection,
  secrets: { readonly secretKey: string; readonly webhookSecret: string | null },
): ConnectionCredentials => ({
  environmentId: connection.environmentId,
  connectionId: connection.id,
  secretKeySealed: context.secrets.seal(secrets.secretKey, connection.id),
  webhookSecretSealed:
    secrets.webhookSecret === null ? null : context.secrets.seal(secrets.webhookSecret, connection.id),
  secondWebhookSecretSealed: null,
  secondWebhookSecretExpiresAt: null,
  version: 1,
});

export const newPoll = (
  connection: Connection,
  more: { readonly intervalSeconds: number; readonly newestEventSeconds: number },
): StripeEventPoll => ({
  environmentId: connection.environmentId,
  connectionId: connection.id,
  intervalSeconds: more.intervalSeconds,
  dueAt: connection.createdAt,
  seenUntil: BigInt(more.newestEventSeconds),
  passSeenUntil: null,
  passPageAfter: null,
  lastPolledAt: null,
  lastError: null,
  missingEvents: null,
  passBeganAt: null,
  lookedUntil: null,
  gap: null,
  version: 1,
});
