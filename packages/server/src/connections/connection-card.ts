import type { Connection } from '@tollbridge/core';
import type { Context } from '../context.js';
import { connectionCardToJson } from '../json/connection.js';
import { listConnectionTransitions } from '../store/connection-transitions.js';
import { findStripeEventPoll } from '../store/stripe-event-polls.js';
import { countPendingStripeEvents } from '../store/stripe-events.js';
import { findStripePlatformAt } from '../store/stripe-platforms.js';
import { isEndpointSilent } from './endpoint-silent.js';
import { platformWebhookUrlOf, webhookUrlOf } from './webhook-address.js';

/** The newest lines of the history that the card shows; the rest is a list of its own. */
const HISTORY_LINES = 20;

/** Reads what the card of a connection shows beside its row. */
export async function connectionCard(context: Context, connection: Connection) {
  const request = { limit: HISTORY_LINES, startingAfter: null, endingBefore: null };
  const history = await listConnectionTransitions(context.db, connection, request);
  const poll = await findStripeEventPoll(context.db, connection.environmentId, connection.id);
  const webhookUrl = await pushedTo(context, connection);
  const isSilent = await isEndpointSilent(context, connection);
  const isGapOpen = poll?.gap != null && poll.gap.closedAt === null;
  const pendingEvents = isGapOpen ? await countPendingStripeEvents(context.db, connection) : 0;
  return connectionCardToJson({ connection, webhookUrl, history: history?.items ?? [], poll, isSilent, pendingEvents });
}

/** Where Stripe pushes its events; null for a platform that has no address yet. */
async function pushedTo(context: Context, connection: Connection): Promise<string | null> {
  if (connection.mode === 'key') return webhookUrlOf(context, connection);
  const platform = await findStripePlatformAt(context.db, connection);
  return platform === null ? null : platformWebhookUrlOf(context, platform);
}
