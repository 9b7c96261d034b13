import { addHours, type Connection, err, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command, type Decision } from '../asked.js';
import { Changes } from '../changes.js';
import { connectionCard } from '../connections/connection-card.js';
import { replaceWebhookEndpointJob } from '../connections/connection-jobs.js';
import { connectionLost, notByKey } from '../connections/connection-problems.js';
import { withNewSecret } from '../connections/signing-secrets.js';
import type { Context } from '../context.js';
import { leasedHere, performJob } from '../perform.js';
import { type Problem, problem } from '../problem.js';
import { connectionCredentialsTable, findConnectionCredentials } from '../store/connection-credentials.js';
import { connectionsTable, findConnection } from '../store/connections.js';

export interface RotateSigningSecretInput {
  readonly id: string;
  /** The new secret, for an endpoint made by hand; null: our own endpoint is replaced by one with a new secret. */
  readonly webhookSecret: string | null;
  readonly overlapHours: number;
}

/** A new signing secret; the old one stays valid for the overlap, so that nothing signed before is refused (CON-6). */
export function rotateSigningSecret(
  context: Context,
  command: Command,
  input: RotateSigningSecretInput,
): Promise<Result<Answer, Problem>> {
  let jobLease: string | null = null;
  const environmentId = command.environment.id;
  return asked(context, command, {
    async decide() {
      const connection = await findConnection(context.db, environmentId, input.id);
      if (connection === null) return err(problem('not_found', 'There is no such connection.'));
      const refusal = refusalOf(connection, input);
      if (refusal !== null) return err(refusal);
      const decision =
        input.webhookSecret === null
          ? replacement(context, connection, input.overlapHours)
          : await exchange(context, connection, { secret: input.webhookSecret, overlapHours: input.overlapHours });
      jobLease = decision.changes.jobs[0]?.lease?.token ?? null;
      return ok(decision);
    },
    async resume(jobId) {
      const performed = await performJob(context, { environmentId, jobId, token: jobLease });
      if (performed.kind === 'dead')
        return err(problem('stripe_refused', performed.error?.message ?? 'Stripe refused the new endpoint.'));
      const connection = await findConnection(context.db, environmentId, input.id);
      if (connection === null) return err(problem('not_found', 'The connection was removed meanwhile.'));
      return ok({ status: performed.kind === 'waiting' ? 202 : 200, body: await connectionCard(context, connection) });
    },
  });
}

function refusalOf(connection: Connection, input: RotateSigningSecretInput): Problem | null {
  const stranger = notByKey(connection);
  if (stranger !== null) return stranger;
  if (connection.status === 'disconnected') return connectionLost(connection);
  if (input.webhookSecret !== null || connection.webhookMode === 'managed') return null;
  return problem('parameter_missing', 'The endpoint was made by hand: roll its secret in Stripe and give it here.', {
    param: 'webhook_secret',
  });
}

const auditOf = (connection: Connection, overlapHours: number) => ({
  action: 'connection.signing_secret_rotated',
  objectKind: 'connection',
  objectId: connection.id,
  before: null,
  after: { webhook_mode: connection.webhookMode, overlap_hours: overlapHours },
});

function replacement(context: Context, connection: Connection, overlapHours: number): Decision {
  const job = leasedHere(context, replaceWebhookEndpointJob(context, connection, overlapHours));
  const audit = [auditOf(connection, overlapHours)];
  return { changes: new Changes().enqueue(job), audit, outcome: { resumeWith: job.id } };
}

async function exchange(
  context: Context,
  before: Connection,
  { secret, overlapHours }: { readonly secret: string; readonly overlapHours: number },
): Promise<Decision> {
  const after: Connection = { ...before, webhookMode: 'manual', webhookEndpointId: null, webhookProblem: null };
  const changes = new Changes().update(connectionsTable, after);
  const credentials = await findConnectionCredentials(context.db, before.environmentId, before.id);
  const sealed = context.secrets.seal(secret, before.id);
  const oldUntil = addHours(context.clock.machineNow(), overlapHours);
  if (credentials !== null)
    changes.update(connectionCredentialsTable, withNewSecret(credentials, { sealed, oldUntil }));
  const body = await connectionCard(context, after);
  return { changes, audit: [auditOf(after, overlapHours)], outcome: { answer: { status: 200, body } } };
}
