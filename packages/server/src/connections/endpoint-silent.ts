import { addMinutes, type Connection } from '@tollbridge/core';
import type { Context } from '../context.js';
import { findNewestPolled } from '../store/stripe-events.js';

/** A push may be slower than polling; after this long it does not come any more. */
const PUSH_GRACE_MINUTES = 10;
/** Pushes are remembered with less than this precision (`touchConnection`). */
const TOUCH_MARGIN_MINUTES = 1;

/** Polling brought what the endpoint should have pushed, and nothing was pushed since (CON-6). */
export async function isEndpointSilent(context: Context, connection: Connection): Promise<boolean> {
  if (connection.webhookMode === 'none') return false;
  const before = addMinutes(context.clock.machineNow(), -PUSH_GRACE_MINUTES);
  const polledAt = await findNewestPolled(context.db, connection, before);
  if (polledAt === null) return false;
  return connection.lastPushAt === null || addMinutes(connection.lastPushAt, TOUCH_MARGIN_MINUTES) < polledAt;
}
