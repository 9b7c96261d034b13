import type { Connection } from '@tollbridge/core';
import type { Context } from '../context.js';

/** Where Stripe's pages lead back to when nobody named other addresses: pages of ours that know which connection it was. */
export function returnPages(
  context: Pick<Context, 'settings'>,
  connection: Pick<Connection, 'id'>,
): { readonly returned: string; readonly expired: string } {
  const address = `${context.settings.publicUrl}/connect/${connection.id}`;
  return { returned: `${address}/returned`, expired: `${address}/expired` };
}
