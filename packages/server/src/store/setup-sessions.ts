import type { ProviderError, SetupSession } from '@tollbridge/core';
import { instant, integer, json, nullable, text } from './column.js';
import type { Database } from './database.js';
import { fromRow, selectList, table } from './table.js';

export const setupSessionsTable = table<SetupSession>(
  'setup_sessions',
  {
    environmentId: text(),
    id: text(),
    customerId: text(),
    connectionId: text(),
    status: text<SetupSession['status']>(),
    returnUrl: text(),
    cancelUrl: nullable(text()),
    stripeSessionId: nullable(text()),
    url: nullable(text()),
    expiresAt: nullable(instant()),
    stripePaymentMethodId: nullable(text()),
    error: json<ProviderError | null>(),
    generation: integer(),
    version: integer(),
    createdAt: instant(),
  },
  { key: ['environmentId', 'id'], versioned: true },
);

export async function findSetupSession(
  database: Database,
  environmentId: string,
  id: string,
): Promise<SetupSession | null> {
  const [row] = await database.query({
    name: 'find_setup_session',
    text: `select ${selectList(setupSessionsTable)} from setup_sessions where environment_id = $1 and id = $2`,
    values: [environmentId, id],
  });
  return row === undefined ? null : fromRow(setupSessionsTable, row);
}

/** Which of ours a page of Stripe's is. */
export async function findSetupSessionByStripeId(
  database: Database,
  reference: { readonly environmentId: string; readonly connectionId: string; readonly stripeSessionId: string },
): Promise<SetupSession | null> {
  const [row] = await database.query({
    name: 'find_setup_session_by_stripe_id',
    text: `
select ${selectList(setupSessionsTable)}
from setup_sessions
where environment_id = $1
  and connection_id = $2
  and stripe_session_id = $3`,
    values: [reference.environmentId, reference.connectionId, reference.stripeSessionId],
  });
  return row === undefined ? null : fromRow(setupSessionsTable, row);
}
