import type { DomainEvent, DomainEventType } from '../event/domain-event.js';
import { ok, type Result } from '../result.js';
import type { Instant } from '../time/instant.js';
import { type IllegalTransition, transition } from '../transition.js';
import type { Connection } from './connection.js';
import {
  CONNECTION_REASONS,
  CONNECTION_STATES,
  type ConnectionEvent,
  type ConnectionReason,
  type ConnectionStatus,
  isLoss,
} from './states.js';

export type ConnectionTransitionIllegal = IllegalTransition<
  'connection_transition_illegal',
  ConnectionStatus,
  ConnectionEvent
>;

/** One line of the history on the connection's card. */
export interface ConnectionTransition {
  readonly from: ConnectionStatus;
  readonly to: ConnectionStatus;
  readonly reason: ConnectionReason;
  readonly at: Instant;
}

export interface ConnectionDecision {
  readonly connection: Connection;
  /** Null when neither status nor reason changed: then there is nothing to record or tell. */
  readonly transition: ConnectionTransition | null;
  readonly events: readonly DomainEvent[];
}

/**
 * The connection after what `reason` names has happened to it. The same reason in the same status again changes at most
 * the message, and is neither a line of history nor told to anybody.
 *
 * Errors: `connection_transition_illegal` when the table of states has no such pair, such as news about an account that
 * has been disconnected.
 */
export function changeConnectionStatus(
  connection: Connection,
  {
    reason,
    message,
    now,
  }: { readonly reason: ConnectionReason; readonly message: string | null; readonly now: Instant },
): Result<ConnectionDecision, ConnectionTransitionIllegal> {
  const { event } = CONNECTION_REASONS[reason];
  const next = transition(CONNECTION_STATES, { state: connection.status, event }, 'connection_transition_illegal');
  if (!next.ok) return next;
  const from = connection.status;
  const to = next.value;
  const isNews = from !== to || connection.reason !== reason;
  const changed: Connection = {
    ...connection,
    status: to,
    reason,
    statusMessage: message,
    statusChangedAt: isNews ? now : connection.statusChangedAt,
  };
  if (!isNews) return ok({ connection: changed, transition: null, events: [] });
  const told: DomainEvent = {
    type: eventType(to, reason),
    objectKind: 'connection',
    objectId: connection.id,
    customerId: null,
  };
  return ok({ connection: changed, transition: { from, to, reason, at: now }, events: [told] });
}

function eventType(to: ConnectionStatus, reason: ConnectionReason): DomainEventType {
  if (isLoss(reason)) return 'connection.lost';
  if (to === 'disconnected') return 'connection.disconnected';
  return to === 'connected' ? 'connection.connected' : 'connection.updated';
}
