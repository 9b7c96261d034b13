import { Changes } from '../changes.js';
import { checkConnectionJob } from '../connections/connection-jobs.js';
import type { Context } from '../context.js';
import { isConflict } from '../jobs/run-job.js';
import { commit } from '../store/commit.js';
import { findConnectionOfWebhook } from '../store/connections.js';

/**
 * Somebody came back from Stripe's onboarding, finished or not (STRIPE: behaviour 68): the account is looked at. Nothing is
 * taken from his coming itself, and while one look waits another is not added.
 */
export async function lookAfterReturn(context: Context, connectionId: string): Promise<void> {
  const connection = await findConnectionOfWebhook(context.db, connectionId);
  if (connection === null || connection.mode === 'key' || connection.status === 'disconnected') return;
  const changes = new Changes().enqueue(checkConnectionJob(context, connection));
  try {
    await commit(context.db, changes, context.clock.machineNow());
  } catch (error) {
    // Another look was asked for at the same moment.
    if (!isConflict(error)) throw error;
  }
}
