import {
  CONNECTION_REASONS,
  type Connection,
  type ConnectionReason,
  type ConnectionStatus,
  type EventGap,
  isoFromInstant,
  mayCollect,
  mayPublish,
  nextActionOf,
  topicOf,
  wordsForTopic,
} from '@tollbridge/core';
import type { ConnectionTransitionRow } from '../store/connection-transitions.js';
import type { StripeEventPoll } from '../store/stripe-event-polls.js';
import { neededStripeEvents } from '../stripe-event-handlers.js';
import { isoOrNull } from './instant.js';

/** Status as the word a person reads (CON-4). */
const STATUS_WORDS: Readonly<Record<ConnectionStatus, string>> = {
  connecting: 'Connecting',
  in_progress: 'In progress',
  connected: 'Connected',
  disconnected: 'Disconnected',
  error: 'Error',
};

/** The connection without what is read beside it: in events, in the audit log. Never a secret. */
export const connectionToJson = (connection: Connection) => ({
  object: 'connection' as const,
  id: connection.id,
  code: connection.code,
  name: connection.name,
  mode: connection.mode,
  host: connection.host,
  livemode: connection.livemode,
  status: connection.status,
  status_word: STATUS_WORDS[connection.status],
  reason: connection.reason,
  sentence: sentenceOf(connection),
  message: connection.statusMessage,
  next_action: nextActionOf(connection),
  status_changed_at: isoFromInstant(connection.statusChangedAt),
  enabled: connection.enabled,
  create_customers: connection.createCustomers,
  is_default: connection.isDefault,
  stripe_account_id: connection.stripeAccountId,
  connected_by: connection.connectedBy,
  api_version: connection.apiVersion,
  publishable_key: connection.publishableKey,
  secret_key_hint: connection.secretKeyHint,
  card_payments: connection.cardPayments,
  may_collect: permissionToJson(mayCollect(connection)),
  may_publish: permissionToJson(mayPublish(connection)),
  requirements: connection.requirements.map(requirementToJson),
  deadline_at: isoOrNull(connection.deadlineAt),
  checklist: connection.checklist.map(checklistItemToJson),
  last_event_at: isoOrNull(connection.lastEventAt),
  created_at: isoFromInstant(connection.createdAt),
});

const requirementToJson = ({ field, deadlineAt, stopsPayments }: Connection['requirements'][number]) => {
  const topic = topicOf(field);
  return {
    field,
    topic,
    words: wordsForTopic(topic),
    deadline_at: isoOrNull(deadlineAt),
    stops_payments: stopsPayments,
  };
};

export const checklistItemToJson = (item: Connection['checklist'][number]) => ({
  permission: item.permission,
  needed_for: item.neededFor,
  is_required: item.isRequired,
  granted: item.granted,
  how_to_add: item.howToAdd,
});

/** An account of which Stripe wants details later goes on earning until then, and the sentence says so (CON-5). */
function sentenceOf(connection: Connection): string {
  const { sentence } = CONNECTION_REASONS[connection.reason];
  if (!connection.enabled)
    return `${sentence} It is switched off: nothing new is sold or collected, what runs is kept.`;
  if (connection.status !== 'in_progress' || !mayCollect(connection).ok) return sentence;
  if (connection.deadlineAt === null) return `${sentence} Payments still work.`;
  return `${sentence} Payments still work until ${isoFromInstant(connection.deadlineAt).slice(0, 10)}.`;
}

function permissionToJson(permission: ReturnType<typeof mayCollect> | ReturnType<typeof mayPublish>) {
  return permission.ok ? { allowed: true, reason: null } : { allowed: false, reason: permission.error.code as string };
}

export interface ConnectionCard {
  readonly connection: Connection;
  readonly webhookUrl: string | null;
  readonly history: readonly ConnectionTransitionRow[];
  readonly poll: StripeEventPoll | null;
  readonly isSilent: boolean;
  /** What of the inbox is not applied yet; asked only while a gap is open. */
  readonly pendingEvents: number;
}

/** The card: the connection, how Stripe's events reach us, and how it came to its status. */
export const connectionCardToJson = ({
  connection,
  webhookUrl,
  history,
  poll,
  isSilent,
  pendingEvents,
}: ConnectionCard) => ({
  ...connectionToJson(connection),
  webhook: {
    mode: connection.webhookMode,
    url: webhookUrl,
    events: neededStripeEvents(),
    api_version: connection.apiVersion,
    stripe_endpoint_id: connection.webhookEndpointId,
    problem: connection.webhookProblem,
    is_silent: isSilent,
    missing_events: poll?.missingEvents ?? null,
    last_push_at: isoOrNull(connection.lastPushAt),
  },
  polling: {
    interval_seconds: poll?.intervalSeconds ?? null,
    last_polled_at: isoOrNull(poll?.lastPolledAt ?? null),
    last_error: poll?.lastError ?? null,
  },
  gap: poll?.gap == null ? null : gapToJson(poll.gap, pendingEvents),
  history: history.map(connectionTransitionToJson),
});

/** What became of the last time in which nobody listened (CON-10). */
const gapToJson = (gap: EventGap, pendingEvents: number) => ({
  since: isoFromInstant(gap.since),
  until: isoFromInstant(gap.openedAt),
  events_found: gap.eventsFound,
  events_pending: gap.closedAt === null ? pendingEvents : 0,
  objects_reread: gap.objectsReread,
  is_beyond_stripe_memory: gap.isBeyondMemory,
  closed_at: isoOrNull(gap.closedAt),
  sentence: gapSentence(gap, pendingEvents),
});

function gapSentence({ closedAt, eventsFound, objectsReread }: EventGap, pendingEvents: number): string {
  const reread = objectsReread === 0 ? '' : `, and ${objectsReread} objects were read again`;
  if (closedAt !== null) return `Nothing is missing: ${eventsFound} events were fetched${reread}.`;
  return `What happened meanwhile is being fetched: ${eventsFound} events so far${reread}; ${pendingEvents} are not applied yet.`;
}

export const connectionTransitionToJson = (row: ConnectionTransitionRow) => ({
  object: 'connection_transition' as const,
  id: row.id,
  from: row.fromStatus,
  to: row.toStatus,
  reason: row.reason,
  sentence: CONNECTION_REASONS[row.reason as ConnectionReason].sentence,
  message: row.message,
  occurred_at: isoFromInstant(row.occurredAt),
});
