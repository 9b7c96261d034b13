import type { Connection, ConnectionVerdict } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { connectionChanged, stepsOfStatus } from '../connection-changes.js';
import { ensureWebhookEndpointJob } from '../connection-jobs.js';
import { connectionProbed } from '../connection-probed.js';
import type { Context } from '../context.js';
import type { JobHandler, JobResult } from '../jobs/handlers.js';
import { failed, nothingToDo } from '../jobs/run-job.js';
import { findConnectionWithAccess } from '../store/connections.js';
import type { StripeFailure } from '../stripe/gateway.js';
import { probeKey } from '../stripe/probe.js';
import { webhookProblemOf, webhookUrlOf } from '../webhook-address.js';

/**
 * Tries the key of a connection anew: daily, when somebody asks, and when Stripe refused it in the middle of work. A key
 * that Stripe does not accept any more is a lost connection (CON-8); what needs it waits.
 */
export const checkConnection: JobHandler = async (context, job) => {
  const found = await findConnectionWithAccess(context, job.environmentId, String(job.payload.connectionId));
  if (found === null || found.connection.status === 'disconnected') return nothingToDo();
  const { connection, access } = found;
  const runId = Buffer.from(context.randomBytes(8)).toString('hex');
  const report = await probeKey(context.stripe, access, runId);
  if (report.ok) {
    const probed = connectionProbed(connection, report.value);
    return changed(context, { before: connection, ...probed });
  }
  const verdict = verdictOf(report.error);
  if (verdict === null) return failed(context, job, { code: report.error.kind, message: report.error.message });
  return changed(context, { before: connection, connection, verdict });
};

/** Null: Stripe's or the network's trouble says nothing about the connection. */
function verdictOf(failure: StripeFailure): ConnectionVerdict | null {
  if (failure.kind === 'unauthorized') return { reason: 'key_refused', message: failure.message };
  if (failure.kind === 'forbidden' || failure.kind === 'invalid' || failure.kind === 'missing')
    return { reason: 'check_failed', message: failure.message };
  return null;
}

interface Outcome {
  readonly before: Connection;
  readonly connection: Connection;
  readonly verdict: ConnectionVerdict;
}

function changed(context: Context, { before, connection, verdict }: Outcome): JobResult {
  const now = context.clock.machineNow();
  const steps = stepsOfStatus(context, connection, { verdicts: [verdict], now });
  const changes = connectionChanged(context, new Changes(), { before, steps, actor: 'system' });
  if (mayHaveEndpointNow(context, steps.connection)) changes.enqueue(ensureWebhookEndpointJob(context, connection));
  return { kind: 'done', changes };
}

/** The right or the address that stood against our own webhook endpoint is there now. */
const mayHaveEndpointNow = (context: Context, connection: Connection): boolean =>
  connection.webhookMode === 'none' &&
  connection.status !== 'disconnected' &&
  webhookProblemOf(connection, webhookUrlOf(context, connection)) === null;
