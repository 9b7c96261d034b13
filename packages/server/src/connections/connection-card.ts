import { addMinutes, type Connection } from '@tollbridge/core';
import type { Context } from '../context.js';
import { connectionCardToJson } from '../json/connection.js';
import { listConnectionTransitions } from '../store/connection-transitions.js';
import { findStripeEventPoll } from '../store/stripe-event-polls.js';
import { findNewestPolled } from '../store/stripe-events.js';
import { webhookUrlOf } from './webhook-address.js';

/** The newest lines of the history that the card shows; the rest is a list of its own. */
const HISTORY_LINES = 20;

/** Reads what the card of a connection shows beside its row. */
export async function connectionCard(context: Context, connection: Connection) {
  const request = { limit: HISTORY_LINES, startingAfter: null, endingBefore: null };
  const history = await listConnectionTransitions(context.db, connection, request);
  const poll = await findStripeEventPoll(context.db, connection.environmentId, connection.id);
  const webhookUrl = webhookUrlOf(context, connection);
  const isSilent = await isEndpointSilent(context, connection);
  return connectionCardToJson({ connection, webhookUrl, history: history?.items ?? [], poll, isSilent });
}

/** A push may be slower than polling; after this long it does not come any more. */
const PUSH_GRACE_MINUTES = 10;
/** Pushes are remembered with less than this precision (`touchConnection`). */
const TOUCH_MARGIN_MINUTES = 1;

/** Polling brought what the endpoint should have pushed, and nothing was pushed since (CON-6). */
async function isEndpointSilent(context: Context, connection: Connection): Promise<boolean> {
  if (connection.webhookMode === 'none') return false;
  const before = addMinutes(context.clock.machineNow(), -PUSH_GRACE_MINUTES);
  const polledAt = await findNewestPolled(context.db, connection, before);
  if (polledAt === null) return false;
  return connection.lastPushAt === null || addMinutes(connection.lastPushAt, TOUCH_MARGIN_MINUTES) < polledAt;
}
