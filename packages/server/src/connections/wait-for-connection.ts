import { type Connection, isOver, MILLISECONDS_PER_DAY } from '@tollbridge/core';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import type { JobResult } from '../jobs/handlers.js';
import type { StripeFailure } from '../stripe/gateway.js';
import { checkConnectionJob } from './connection-jobs.js';

const WAIT_MILLISECONDS = 60_000;

/** What needs a lost connection waits until it is back, however long. */
export const WAITS_FOR_RECONNECTION = {
  kind: 'later',
  delayMilliseconds: WAIT_MILLISECONDS,
  error: {
    code: 'connection_disconnected',
    message: 'the connection to Stripe is lost; this goes on when it is back',
  },
  uncounted: true,
} as const satisfies JobResult;

/** While a connection is lost, what needs it waits for the reconnection; null when there is no need to wait. */
export function waitsForConnection(connection: Pick<Connection, 'mode' | 'status'>): JobResult | null {
  if (connection.status !== 'disconnected') return null;
  // What cannot come back is not looked at every minute for ever.
  return isOver(connection)
    ? { ...WAITS_FOR_RECONNECTION, delayMilliseconds: MILLISECONDS_PER_DAY }
    : WAITS_FOR_RECONNECTION;
}

/** What a job comes to when Stripe refuses the key (401): it waits, and the connection is looked at. */
export function connectionUnauthorized(
  context: Context,
  connection: Pick<Connection, 'environmentId' | 'id'>,
): JobResult {
  return {
    kind: 'later',
    delayMilliseconds: WAIT_MILLISECONDS,
    error: { code: 'connection_unauthorized', message: 'Stripe does not accept the key of the connection' },
    uncounted: true,
    changes: new Changes().enqueue(checkConnectionJob(context, connection)),
  };
}

/**
 * What a job comes to when Stripe refuses the key, wholly or for this: it waits, however often, and the connection is
 * looked at, whose card then says what is missing. A refusal says nothing about what an earlier try has done.
 */
export function keyRefused(
  context: Context,
  connection: Pick<Connection, 'environmentId' | 'id'>,
  failure: Pick<StripeFailure, 'kind' | 'message'>,
): JobResult {
  const result = connectionUnauthorized(context, connection);
  if (failure.kind !== 'forbidden' || result.kind !== 'later') return result;
  return { ...result, error: { code: 'connection_forbidden', message: failure.message } };
}
