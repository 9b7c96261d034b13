import {
  type ChecklistItem,
  type Connection,
  earliestDeadline,
  type Instant,
  type judgeConnection,
  redactKey,
} from '@tollbridge/core';
import type { Context } from '../context.js';
import type { ConnectionCredentials } from '../store/connection-credentials.js';
import type { Environment } from '../store/organizations.js';
import type { StripeEventPoll } from '../store/stripe-event-polls.js';
import type { GivenKeys } from './given-keys.js';

export interface NewConnection {
  readonly code: string;
  readonly name: string;
  readonly keys: GivenKeys;
  readonly createCustomers: boolean;
  readonly enabled: boolean;
  readonly isDefault: boolean;
  readonly webhookSecret: string | null;
  readonly pollIntervalSeconds: number;
  readonly apiVersion: string;
}

type AccountState = NonNullable<Parameters<typeof judgeConnection>[1]>;

/** What a probe brought, as far as the row of a connection shows it. */
export interface ProvenAccount {
  readonly accountId: string;
  readonly account: AccountState | null;
  readonly checklist: readonly ChecklistItem[];
}

/** The row of a new connection as it is before its key's proof is applied to it. */
export function newConnection(
  environment: Pick<Environment, 'id'>,
  input: NewConnection,
  { id, proven, now }: { readonly id: string; readonly proven: ProvenAccount; readonly now: Instant },
): Connection {
  const { keys } = input;
  return {
    environmentId: environment.id,
    id,
    code: input.code,
    name: input.name,
    mode: 'key',
    status: 'connecting',
    reason: 'account_status_awaited',
    statusMessage: null,
    statusChangedAt: now,
    enabled: input.enabled,
    createCustomers: input.createCustomers,
    isDefault: input.isDefault,
    stripeAccountId: proven.accountId,
    livemode: keys.secret.mode === 'live',
    host: keys.host,
    apiVersion: input.apiVersion,
    publishableKey: keys.publishable?.text ?? null,
    secretKeyHint: redactKey(keys.secret),
    ...accountFields(proven),
    webhookMode: input.webhookSecret === null ? 'none' : 'manual',
    webhookEndpointId: null,
    webhookProblem: null,
    lastPushAt: null,
    lastEventAt: null,
    version: 1,
    createdAt: now,
  };
}

/** What the row shows of the account behind the key. */
export const accountFields = (proven: Omit<ProvenAccount, 'accountId'>) => ({
  checklist: proven.checklist,
  cardPayments: proven.account?.cardPayments ?? ('unknown' as const),
  requirements: proven.account?.requirements ?? [],
  deadlineAt: earliestDeadline(proven.account?.requirements ?? []),
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
  version: 1,
});
