import { type Connection, type Instant, instantFromIso, instantFromUnixSeconds } from '@tollbridge/core';
import type { Changes, NewJob } from '../changes.js';
import type { Context } from '../context.js';
import { type StripeEventRow, type StripeEventStatus, stripeEventsTable } from '../store/stripe-events.js';
import { stripeEventHandlerOf } from '../stripe-event-handlers.js';
import { storableJson } from './storable-json.js';

/** Backing off to an hour, a day and a half: an outage of Stripe's passes, a fault of ours becomes a dead letter. */
export const APPLY_ATTEMPTS_MAX = 48;

/** An event as Stripe sends it, snapshot or thin, as far as the inbox needs to know. */
interface EventShape {
  readonly id?: unknown;
  readonly type?: unknown;
  readonly created?: unknown;
  readonly livemode?: unknown;
  readonly api_version?: unknown;
  readonly account?: unknown;
  readonly context?: unknown;
  readonly data?: { readonly object?: { readonly id?: unknown } | null } | null;
  readonly related_object?: { readonly id?: unknown } | null;
}

export interface ReceivedEvent {
  readonly payload: unknown;
  readonly via: 'push' | 'poll';
}

/**
 * The row of an event that came; null when it cannot be one of Stripe's: without an id, type and time such as Stripe's are, or
 * nested beyond anything of Stripe's. What else stands in it is kept, without the characters that no database holds.
 */
export function inboxRowOf(
  context: Pick<Context, 'newId' | 'clock'>,
  connection: Connection,
  { payload, via }: ReceivedEvent,
): StripeEventRow | null {
  if (payload === null || typeof payload !== 'object' || Array.isArray(payload)) return null;
  // Names by which Stripe knows something are taken as they came: cleaned, they could be the name of something else.
  const { id, type: came, created, account: ownAccount, context: thinAccount, related_object }: EventShape = payload;
  const kept = storableJson(payload) as EventShape | undefined;
  const [stripeEventId, type, occurredAt] = [stripeNameOf(id), stripeNameOf(came), occurredAtOf(created)];
  if (kept === undefined || stripeEventId === null || type === null || occurredAt === null) return null;
  const namedAccount = accountOf(type, { ownAccount, thinAccount, related: related_object });
  const account = stripeNameOf(namedAccount);
  if (account !== namedAccount) return null;
  return {
    environmentId: connection.environmentId,
    connectionId: connection.id,
    stripeEventId,
    id: context.newId('stripeEvent'),
    type,
    apiVersion: textOf(kept.api_version),
    // Thin events do not always say; the connection's endpoint belongs to one mode (STRIPE: behaviour 30).
    livemode: typeof kept.livemode === 'boolean' ? kept.livemode : connection.livemode,
    account,
    objectId: textOf(kept.data?.object?.id) ?? textOf(kept.related_object?.id),
    occurredAt,
    payload: kept as StripeEventRow['payload'],
    receivedVia: via,
    receivedAt: context.clock.machineNow(),
    status: firstStatus(connection, { account, type }),
    attempts: 0,
    lastError: null,
    processedAt: null,
    version: 1,
  };
}

/** Which account it is about: what tells of an account is of that account, whatever it is to be fetched by. */
function accountOf(
  type: string,
  named: {
    readonly ownAccount: unknown;
    readonly thinAccount: unknown;
    readonly related: EventShape['related_object'];
  },
): string | null {
  if (type.startsWith('v2.core.account')) return textOf(named.related?.id);
  return textOf(named.ownAccount) ?? textOf(named.thinAccount);
}

/** The account that an event names, before it is known whose it is; null when it names none. */
export function accountNamedBy(payload: unknown): string | null {
  if (payload === null || typeof payload !== 'object') return null;
  const { type, account: ownAccount, context: thinAccount, related_object: related }: EventShape = payload;
  return accountOf(textOf(type) ?? '', { ownAccount, thinAccount, related });
}

/** Snapshots carry seconds, thin events ISO 8601. */
function occurredAtOf(created: unknown): Instant | null {
  if (typeof created !== 'number' && typeof created !== 'string') return null;
  const parsed = typeof created === 'number' ? instantFromUnixSeconds(created) : instantFromIso(created);
  return parsed.ok ? parsed.value : null;
}

/** Ids have up to 255 characters (https://docs.stripe.com/upgrades), ids and types of events in ASCII alone. */
const STRIPE_NAME = /^[\x21-\x7e]{1,255}$/;

/** An id or type of Stripe's own making; null for anything else. */
export const stripeNameOf = (value: unknown): string | null =>
  typeof value === 'string' && STRIPE_NAME.test(value) ? value : null;

const TEXT_MAX = 255;
/** Some objects have ids that people gave them. */
const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' && value.length <= TEXT_MAX ? value : null;

/** Another account's events are counted, not touched; types nobody listens to are kept (EVT-2). */
function firstStatus(
  connection: Connection,
  { account, type }: { readonly account: string | null; readonly type: string },
): StripeEventStatus {
  if (account !== null && account !== connection.stripeAccountId) return 'foreign';
  return stripeEventHandlerOf(type) === null ? 'ignored' : 'pending';
}

/** Events that came for the first time, each with the work it makes. One that came before stays as it is. */
export function addToInbox(context: Context, changes: Changes, rows: readonly StripeEventRow[]): Changes {
  changes.insertIfAbsent(stripeEventsTable, ...rows);
  return changes.enqueue(
    ...rows.filter((row) => row.status === 'pending').map((row) => applyStripeEventJob(context, row)),
  );
}

/** Events about one object are applied one after the other, in the order in which they came. */
export const applyStripeEventJob = (context: Context, row: StripeEventRow): NewJob => ({
  environmentId: row.environmentId,
  id: context.newId('job'),
  lane: 'intake',
  kind: 'apply_stripe_event',
  key: `stripe ${row.connectionId} ${row.objectId ?? row.stripeEventId}`,
  dedupeKey: `stripe event ${row.id}`,
  connectionId: row.connectionId,
  payload: { stripeEventId: row.id },
  dueAt: context.clock.machineNow(),
  attemptsMax: APPLY_ATTEMPTS_MAX,
  lease: null,
});
