import { Changes } from '../changes.js';
import { connectionChanged, stepsOfStatus } from '../connections/connection-changes.js';
import { checkConnectionJob } from '../connections/connection-jobs.js';
import { accountSeen, readAccount } from '../connections/read-account.js';
import { applyTicket, takeTicket } from '../store/stripe-tickets.js';
import type { StripeEventHandler } from '../stripe-event-handlers.js';

/**
 * The account can do more or less than before, or Stripe wants details: looked at as it is now (CON-4, CON-5). The events of
 * either version of Stripe's API say no more than that.
 */
export const accountUpdated: StripeEventHandler = async (context, event) => {
  if (event.objectId !== event.connection.stripeAccountId) return { kind: 'foreign' };
  const { connection, access } = event;
  if (access === null || event.objectId === null) return { kind: 'foreign' };
  const ticket = await takeTicket(context.db, event.environmentId, connection.id, event.objectId);
  const account = await readAccount(context, { connection, access });
  if (!account.ok && account.error.kind === 'forbidden') {
    // A key without the right to read the account learns nothing from this; its proof by probes stands.
    if (connection.mode === 'key') return { kind: 'applied', changes: new Changes() };
    return { kind: 'applied', changes: new Changes().enqueue(checkConnectionJob(context, connection)) };
  }
  if (!account.ok) return { kind: 'later', code: account.error.kind, message: account.error.message };
  const seen = accountSeen(connection, account.value);
  const now = context.clock.machineNow();
  const steps = stepsOfStatus(context, seen.connection, { verdicts: [seen.verdict], now });
  const changes = connectionChanged(context, new Changes(), { before: connection, steps, actor: 'stripe' });
  return { kind: 'applied', changes: applyTicket(changes, ticket) };
};
