import { Changes } from '../changes.js';
import { endpointTry } from '../connections/forgotten-endpoints.js';
import { passingResult } from '../connections/stripe-job.js';
import { waitsForConnection } from '../connections/wait-for-connection.js';
import type { JobHandler } from '../jobs/handlers.js';
import { nothingToDo } from '../jobs/run-job.js';
import { findConnectionWithAccess } from '../store/connections.js';
import { findStripeEventPoll, stripeEventPollsTable } from '../store/stripe-event-polls.js';
import { updateWebhookEndpoint } from '../stripe/webhook-endpoints.js';
import { neededStripeEvents } from '../stripe-event-handlers.js';

/** Subscribes our endpoint at Stripe to what this version listens to, and switches it on where Stripe switched it off. */
export const updateStripeEndpoint: JobHandler = async (context, job) => {
  const found = await findConnectionWithAccess(context, job.environmentId, String(job.payload.connectionId));
  if (found === null || found.connection.webhookEndpointId === null) return nothingToDo();
  const { connection, access } = found;
  const waiting = waitsForConnection(connection);
  if (waiting !== null) return waiting;
  const updated = await updateWebhookEndpoint(context.stripe, access, {
    stripeId: found.connection.webhookEndpointId,
    events: neededStripeEvents(),
    idempotencyKey: endpointTry(job).idempotencyKey,
  });
  if (!updated.ok) {
    const passing = passingResult(context, job, { failure: updated.error, connected: found });
    // Gone or refused: the next check sees which, and polling brings the events meanwhile.
    return passing ?? { kind: 'give_up', error: { code: updated.error.kind, message: updated.error.message } };
  }
  const changes = new Changes();
  const poll = await findStripeEventPoll(context.db, connection.environmentId, connection.id);
  if (poll !== null) changes.update(stripeEventPollsTable, { ...poll, missingEvents: [] });
  return { kind: 'done', changes };
};
