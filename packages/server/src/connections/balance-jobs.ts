import type { Connection } from '@tollbridge/core';
import type { NewJob } from '../changes.js';
import type { Context } from '../context.js';

const ATTEMPTS_MAX = 48;

/** Enters in the books what moved the balance of a connection since the last time; while one waits, another is not added. */
export const postBalanceJob = (context: Context, connection: Pick<Connection, 'environmentId' | 'id'>): NewJob => ({
  environmentId: connection.environmentId,
  id: context.newId('job'),
  lane: 'bulk',
  kind: 'post_balance_transactions',
  key: `balance ${connection.id}`,
  dedupeKey: `balance ${connection.id}`,
  connectionId: connection.id,
  payload: { connectionId: connection.id },
  dueAt: context.clock.machineNow(),
  attemptsMax: ATTEMPTS_MAX,
  lease: null,
});
