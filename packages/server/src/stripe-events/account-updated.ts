import { judgeConnection } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { connectionChanged, stepsOfStatus } from '../connections/connection-changes.js';
import { accountFields } from '../connections/new-connection.js';
import { applyTicket, takeTicket } from '../store/stripe-tickets.js';
import { readAccountState } from '../stripe/account.js';
import type { StripeEventHandler } from '../stripe-event-handlers.js';

/** The account can do more or less than before, or Stripe wants details: looked at as it is now (CON-4, CON-5). */
export const accountUpdated: StripeEventHandler = async (context, event) => {
  if (event.objectId !== event.connection.stripeAccountId) return { kind: 'foreign' };
  const { connection, access } = event;
  if (access === null || event.objectId === null) return { kind: 'foreign' };
  const ticket = await takeTicket(context.db, event.environmentId, connection.id, event.objectId);
  const account = await readAccountState(context.stripe, access);
  // A key without the right to read the account learns nothing from this; its proof by probes stands.
  if (!account.ok && account.error.kind === 'forbidden') return { kind: 'applied', changes: new Changes() };
  if (!account.ok) return { kind: 'later', code: account.error.kind, message: account.error.message };
  const seen = { ...connection, ...accountFields({ checklist: connection.checklist, account: account.value }) };
  const verdict = judgeConnection(connection.checklist, account.value);
  const steps = stepsOfStatus(context, seen, { verdicts: [verdict], now: context.clock.machineNow() });
  const changes = connectionChanged(context, new Changes(), { before: connection, steps, actor: 'stripe' });
  return { kind: 'applied', changes: applyTicket(changes, ticket) };
};
