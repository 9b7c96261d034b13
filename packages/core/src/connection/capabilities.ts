import { err, ok, type Result } from '../result.js';
import type { Connection } from './connection.js';
import type { ConnectionReason, ConnectionStatus } from './states.js';

export type PublishRefused = {
  readonly code: 'connection_not_connected';
  readonly status: ConnectionStatus;
  readonly reason: ConnectionReason;
};

export type CollectRefused =
  | { readonly code: 'connection_disconnected'; readonly reason: ConnectionReason }
  | { readonly code: 'connection_not_enabled' }
  | { readonly code: 'card_payments_not_active'; readonly cardPayments: Connection['cardPayments'] };

/**
 * Whether plans can be published: only while the connection is in order.
 *
 * Errors: `connection_not_connected` with the status and why it has it.
 */
export function mayPublish(connection: Pick<Connection, 'status' | 'reason'>): Result<null, PublishRefused> {
  const { status, reason } = connection;
  return status === 'connected' ? ok(null) : err({ code: 'connection_not_connected', status, reason });
}

/**
 * Whether money can be taken, by checkout or by collection: it needs card payments and the switch, and nothing more, so
 * that an account of which Stripe wants details later goes on earning until the deadline. A restricted key may not be
 * allowed to read the account; then its proof by probes counts, and only an account never heard of is refused.
 *
 * Errors: `connection_disconnected`; `connection_not_enabled` when the switch is off; `card_payments_not_active`.
 */
export function mayCollect(
  connection: Pick<Connection, 'status' | 'reason' | 'enabled' | 'cardPayments'>,
): Result<null, CollectRefused> {
  const { status, reason, enabled, cardPayments } = connection;
  if (status === 'disconnected') return err({ code: 'connection_disconnected', reason });
  if (!enabled) return err({ code: 'connection_not_enabled' });
  const isProvenOtherwise = cardPayments === 'unknown' && status !== 'connecting';
  return cardPayments === 'active' || isProvenOtherwise
    ? ok(null)
    : err({ code: 'card_payments_not_active', cardPayments });
}
