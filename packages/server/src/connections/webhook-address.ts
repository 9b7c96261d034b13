import { isIP } from 'node:net';
import type { Connection, WebhookProblem } from '@tollbridge/core';
import type { Context } from '../context.js';

/** Where Stripe pushes the events of a connection. */
export const webhookUrlOf = (context: Pick<Context, 'settings'>, connection: Pick<Connection, 'id'>): string =>
  `${context.settings.publicUrl}/stripe/webhooks/${connection.id}`;

/** Where Stripe pushes the events of all accounts that a platform of ours acts for. */
export const platformWebhookUrlOf = (context: Pick<Context, 'settings'>, platform: { readonly id: string }): string =>
  `${context.settings.publicUrl}/stripe/platforms/${platform.id}`;

/** Why we cannot make the endpoint by ourselves; null when nothing stands against trying. */
export function webhookProblemOf(
  connection: Pick<Connection, 'host' | 'checklist'>,
  url: string,
): WebhookProblem | null {
  const right = connection.checklist.find((item) => item.permission === 'webhook_endpoints_write');
  if (right?.granted !== true) return 'permission_missing';
  return addressProblemOf(connection, url);
}

/** Whether Stripe could not reach the address; a sandbox stands on our own machine and reaches all. */
export const addressProblemOf = ({ host }: Pick<Connection, 'host'>, url: string): 'address_not_public' | null =>
  host === 'stripe' && !isPublicAddress(url) ? 'address_not_public' : null;

/** What Stripe can reach: https, and a name of the public internet. */
function isPublicAddress(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:') return false;
  const name = hostname.replace(/^\[|\]$/g, '');
  if (isIP(name) === 6) return !/^(::1?$|f[cd]|fe[89ab])/i.test(name);
  if (isIP(name) === 4) return !/^(0|10|127|169\.254|172\.(1[6-9]|2\d|3[01])|192\.168)\./.test(name);
  return name.includes('.') && !/\.(local|localhost|internal|test|lan)$/.test(name);
}
