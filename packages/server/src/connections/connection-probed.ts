import {
  type AccountState,
  type Connection,
  type ConnectionVerdict,
  judgeConnection,
  permissionChecklist,
} from '@tollbridge/core';
import { accountFields } from './new-connection.js';

/** What a probe of a connection that exists brought. */
export interface Probed {
  readonly accountId: string | null;
  readonly account: AccountState | null;
  readonly granted: ReadonlyMap<string, boolean>;
}

/**
 * The connection as a new probe shows it, and what that makes of its status. A key that suddenly answers for another
 * account is trouble, not news: nothing of that account is taken over.
 */
export function connectionProbed(
  connection: Connection,
  probed: Probed,
): { readonly connection: Connection; readonly verdict: ConnectionVerdict } {
  const { accountId } = probed;
  if (accountId !== null && connection.stripeAccountId !== null && accountId !== connection.stripeAccountId)
    return { connection, verdict: { reason: 'check_failed', message: `The key now answers for ${accountId}.` } };
  const checklist = permissionChecklist(probed.granted);
  return {
    connection: { ...connection, checklist, ...accountFields(probed.account) },
    verdict: judgeConnection(checklist, probed.account),
  };
}
