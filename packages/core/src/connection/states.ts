import type { StateTable } from '../transition.js';
import type { ConnectionMode } from './mode.js';

export type ConnectionStatus = 'connecting' | 'in_progress' | 'connected' | 'disconnected' | 'error';

/** What can happen to a connection of any mode. */
export type ConnectionEvent =
  | 'account_awaited'
  | 'details_wanted'
  | 'account_ready'
  | 'trouble_found'
  | 'disconnect'
  | 'access_lost'
  | 'reconnect';

/**
 * One table for all three modes. `disconnected` is left by `reconnect` alone, so that nothing that arrives late from
 * Stripe brings a connection back to life.
 */
export const CONNECTION_STATES: StateTable<ConnectionStatus, ConnectionEvent> = {
  connecting: {
    account_awaited: 'connecting',
    details_wanted: 'in_progress',
    account_ready: 'connected',
    trouble_found: 'error',
    disconnect: 'disconnected',
    access_lost: 'disconnected',
  },
  in_progress: {
    details_wanted: 'in_progress',
    account_ready: 'connected',
    trouble_found: 'error',
    disconnect: 'disconnected',
    access_lost: 'disconnected',
  },
  connected: {
    details_wanted: 'in_progress',
    account_ready: 'connected',
    trouble_found: 'error',
    disconnect: 'disconnected',
    access_lost: 'disconnected',
  },
  error: {
    account_awaited: 'connecting',
    details_wanted: 'in_progress',
    account_ready: 'connected',
    trouble_found: 'error',
    disconnect: 'disconnected',
    access_lost: 'disconnected',
  },
  // Whoever lost a connection may still want to part with it for good, so that its keys are erased.
  disconnected: { reconnect: 'connecting', disconnect: 'disconnected' },
};

/** Why a connection has its status: each reason with the event it belongs to and the sentence a person reads. */
export const CONNECTION_REASONS = {
  account_status_awaited: { event: 'account_awaited', sentence: 'Stripe has not told the state of the account yet.' },
  consent_awaited: { event: 'account_awaited', sentence: 'Somebody has still to allow the connection at Stripe.' },
  consent_refused: { event: 'account_awaited', sentence: 'The connection was not allowed at Stripe.' },
  requirements_due: { event: 'details_wanted', sentence: 'Stripe wants details about the account.' },
  card_payments_pending: { event: 'details_wanted', sentence: 'Stripe has not switched card payments on yet.' },
  verification_pending: { event: 'details_wanted', sentence: 'Stripe is checking the details it was given.' },
  key_proven: { event: 'account_ready', sentence: 'The key was tried and has every right that is needed.' },
  account_active: { event: 'account_ready', sentence: 'The account is complete and can take card payments.' },
  permission_missing: { event: 'trouble_found', sentence: 'The key has lost a right that is needed.' },
  events_missing: { event: 'trouble_found', sentence: 'Events of Stripe can no longer be read.' },
  account_restricted: { event: 'trouble_found', sentence: 'Stripe has restricted the account.' },
  card_payments_inactive: { event: 'trouble_found', sentence: 'The account cannot take card payments.' },
  account_not_made: { event: 'trouble_found', sentence: 'Stripe did not make the account.' },
  platform_key_refused: {
    event: 'trouble_found',
    sentence: 'Stripe does not accept the key of the platform that this installation acts by.',
  },
  check_failed: { event: 'trouble_found', sentence: 'The daily check found that Stripe refuses what is needed.' },
  disconnected_by_operator: { event: 'disconnect', sentence: 'An operator disconnected Stripe.' },
  key_refused: { event: 'access_lost', sentence: 'Stripe no longer accepts the key.' },
  deauthorized_in_stripe: { event: 'access_lost', sentence: 'The app was uninstalled inside Stripe.' },
  account_closed: { event: 'access_lost', sentence: 'The Stripe account was closed.' },
  reconnected: { event: 'reconnect', sentence: 'Stripe was connected again.' },
} as const satisfies Record<string, { readonly event: ConnectionEvent; readonly sentence: string }>;

export type ConnectionReason = keyof typeof CONNECTION_REASONS;

/** Somebody of the organization parted with it: from that moment nobody calls Stripe through it, though it may still have keys. */
export const isPartedWith = (connection: {
  readonly status: ConnectionStatus;
  readonly reason: ConnectionReason;
}): boolean => connection.status === 'disconnected' && connection.reason === 'disconnected_by_operator';

/** It has ended and cannot be brought back: what a platform of ours made ends with its account (CON-7). */
export const isOver = (connection: { readonly mode: ConnectionMode; readonly status: ConnectionStatus }): boolean =>
  connection.mode === 'managed' && connection.status === 'disconnected';

/** The reasons by which a connection is lost without anybody of the organization having asked for it. */
export function isLoss(reason: ConnectionReason): boolean {
  return CONNECTION_REASONS[reason].event === 'access_lost';
}
