import { Changes } from '../changes.js';
import { connectionChanged, stepsOfStatus } from '../connections/connection-changes.js';
import { checkConnectionJob } from '../connections/connection-jobs.js';
import type { StripeEventHandler } from '../stripe-event-handlers.js';

/** The app was uninstalled inside Stripe: collection stops at once (STRIPE: behaviour 28). */
export const accountApplicationDeauthorized: StripeEventHandler = async (context, event) => {
  const { connection } = event;
  // A key is no installed app, but an app may have brought it: whether it still works is seen by trying it.
  if (connection.mode === 'key')
    return { kind: 'applied', changes: new Changes().enqueue(checkConnectionJob(context, connection)) };
  const verdicts = [{ reason: 'deauthorized_in_stripe' as const, message: null }];
  const steps = stepsOfStatus(context, connection, { verdicts, now: context.clock.machineNow() });
  const changes = connectionChanged(context, new Changes(), { before: connection, steps, actor: 'stripe' });
  return { kind: 'applied', changes };
};
