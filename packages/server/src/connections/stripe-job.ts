import { err, ok, type ProviderError, type Result } from '@tollbridge/core';
import type { Context } from '../context.js';
import type { JobResult } from '../jobs/handlers.js';
import type { Job } from '../jobs/queue.js';
import { failed } from '../jobs/run-job.js';
import { type ConnectionWithAccess, findConnectionWithAccess } from '../store/connections.js';
import { isKeyRefused, isPassing, type StripeFailure } from '../stripe/gateway.js';
import { keyRefused, waitsForConnection } from './wait-for-connection.js';

const WITHOUT_KEYS: JobResult = {
  kind: 'later',
  delayMilliseconds: 60_000,
  error: { code: 'connection_disconnected', message: 'the connection has no keys; this goes on when it is back' },
  uncounted: true,
};

/** The connection that a piece of work calls Stripe through, or what the work comes to while that cannot be done. */
export async function connectionForJob(
  context: Context,
  job: Pick<Job, 'environmentId'>,
  connectionId: string | null,
): Promise<Result<ConnectionWithAccess, JobResult>> {
  if (connectionId === null) return err(WITHOUT_KEYS);
  return usableForJob(await findConnectionWithAccess(context, job.environmentId, connectionId));
}

/** The same of a connection that was read with more beside it. */
export function usableForJob<Found extends ConnectionWithAccess>(found: Found | null): Result<Found, JobResult> {
  if (found === null) return err(WITHOUT_KEYS);
  const waiting = waitsForConnection(found.connection);
  return waiting === null ? ok(found) : err(waiting);
}

/** What a failure that is not the request's fault makes of the work: again later; null when Stripe refused for good. */
export function passingResult(
  context: Context,
  job: Job,
  { failure, connected }: { readonly failure: StripeFailure; readonly connected: ConnectionWithAccess },
): JobResult | null {
  if (isKeyRefused(failure)) return keyRefused(context, connected.connection, failure);
  if (!isPassing(failure)) return null;
  const result = failed(context, job, { code: failure.code ?? failure.kind, message: failure.message });
  // Stripe's limit is nobody's failed attempt.
  return failure.kind === 'rate_limited' && result.kind === 'later' ? { ...result, uncounted: true } : result;
}

export const providerErrorOf = (failure: StripeFailure): ProviderError => ({
  code: failure.code ?? failure.kind,
  message: failure.message,
  requestId: failure.requestId,
});
