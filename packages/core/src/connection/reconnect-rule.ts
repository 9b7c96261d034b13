import { err, ok, type Result } from '../result.js';
import type { ConnectedBy, Connection } from './connection.js';

export type ReconnectRefused =
  | { readonly code: 'connection_not_lost' }
  | { readonly code: 'connection_over' }
  | { readonly code: 'reconnect_other_person'; readonly connectedBy: ConnectedBy };

/**
 * Whether somebody may connect an account again by Stripe's page of consent (CON-9): only what was lost, parted with or is in
 * trouble, and only whoever connected it, until an owner hands it over. That the app was uninstalled inside Stripe lifts the
 * rule of the person: whoever can install it again there is an administrator of the account. A key of ours acts for the whole
 * environment, so the rule is for people. By key there is no such rule: holding a key of the same account is the proof.
 *
 * Errors: `connection_not_lost`; `connection_over` for what cannot be brought back; `reconnect_other_person`.
 */
export function mayReconnect(
  connection: Pick<Connection, 'mode' | 'status' | 'reason' | 'connectedBy'>,
  by: ConnectedBy,
): Result<null, ReconnectRefused> {
  const { connectedBy, mode, reason, status } = connection;
  if (mode === 'managed' || reason === 'account_closed') return err({ code: 'connection_over' });
  if (status === 'connected' || status === 'in_progress') return err({ code: 'connection_not_lost' });
  if (mode === 'key' || reason === 'deauthorized_in_stripe') return ok(null);
  const isForPeople = connectedBy?.kind === 'person' && by.kind === 'person';
  if (isForPeople && connectedBy.id !== by.id) return err({ code: 'reconnect_other_person', connectedBy });
  return ok(null);
}
