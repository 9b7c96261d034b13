import type { Connection } from '@tollbridge/core';
import type { Context } from '../context.js';
import { listConnectionsOfPlatform } from '../store/connections.js';

/**
 * Whether another connection of this installation acts by the same platform for the same account, in whichever environment:
 * Stripe knows one link between the two, and leaving the account for one would cut it for all.
 */
export async function isSharedAccount(
  context: Pick<Context, 'db'>,
  connection: Pick<Connection, 'id' | 'host' | 'livemode'>,
  stripeAccountId: string,
): Promise<boolean> {
  const { host, livemode } = connection;
  const all = await listConnectionsOfPlatform(context.db, { host, livemode, stripeAccountId });
  return all.some((other) => other.id !== connection.id && other.status !== 'disconnected');
}
