import { Changes } from '../changes.js';
import { connectionChanged, stepsOfStatus } from '../connections/connection-changes.js';
import { checkConnectionJob } from '../connections/connection-jobs.js';
import { readAccount, verdictOfPlatformRefusal } from '../connections/read-account.js';
import type { StripeEventHandler } from '../stripe-event-handlers.js';

/**
 * The app was uninstalled inside Stripe: collection stops at once (STRIPE: behaviour 28). The event may come late, when somebody
 * has let us in again since: what counts is whether Stripe lets us in now (EVT-3).
 */
export const accountApplicationDeauthorized: StripeEventHandler = async (context, event) => {
  const { access, connection } = event;
  // A key is no installed app, but an app may have brought it: whether it still works is seen by trying it.
  if (connection.mode === 'key' || access === null)
    return { kind: 'applied', changes: new Changes().enqueue(checkConnectionJob(context, connection)) };
  const account = await readAccount(context, { connection, access });
  if (account.ok) return { kind: 'applied', changes: new Changes() };
  const verdict = await verdictOfPlatformRefusal(context, connection, account.error);
  if (verdict === null) return { kind: 'later', code: account.error.kind, message: account.error.message };
  const steps = stepsOfStatus(context, connection, { verdicts: [verdict], now: context.clock.machineNow() });
  const changes = connectionChanged(context, new Changes(), { before: connection, steps, actor: 'stripe' });
  return { kind: 'applied', changes };
};
