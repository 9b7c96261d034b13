import { type Connection, err, judgeConnection, ok, type Result, redactKey } from '@tollbridge/core';
import { type Answer, asked, type Command, type Decision } from '../asked.js';
import { Changes } from '../changes.js';
import { connectionCard } from '../connections/connection-card.js';
import { addStatusSteps, stepsOfStatus } from '../connections/connection-changes.js';
import { ensureWebhookEndpointJob } from '../connections/connection-jobs.js';
import { notByKey } from '../connections/connection-problems.js';
import { type GivenKeys, readGivenKeys } from '../connections/given-keys.js';
import { accountFields } from '../connections/new-connection.js';
import { type ProvenKeys, proveKeys } from '../connections/prove-keys.js';
import type { Context } from '../context.js';
import { wakeJobsOfConnection } from '../jobs/wake-jobs.js';
import { connectionToJson } from '../json/connection.js';
import { leasedHere, performJob } from '../perform.js';
import { type Problem, problem } from '../problem.js';
import { connectionCredentialsTable, findConnectionCredentials } from '../store/connection-credentials.js';
import { connectionsTable, findConnection } from '../store/connections.js';
import { findStripeEventPoll, stripeEventPollsTable } from '../store/stripe-event-polls.js';

export interface RotateConnectionKeyInput {
  readonly id: string;
  readonly secretKey: string;
  readonly publishableKey: string | null;
}

/**
 * Puts a new key in place of the old one, onto the same account and mode only (CON-2). For a connection whose key was
 * refused it is the way back: holding a key of the same account is the proof (CON-9), and what waited goes on.
 */
export function rotateConnectionKey(
  context: Context,
  command: Command,
  input: RotateConnectionKeyInput,
): Promise<Result<Answer, Problem>> {
  let proven: Result<ProvenKeys, Problem> | null = null;
  let jobLease: string | null = null;
  const environmentId = command.environment.id;
  return asked(context, command, {
    async decide() {
      const connection = await findConnection(context.db, environmentId, input.id);
      if (connection === null) return err(problem('not_found', 'There is no such connection.'));
      const stranger = notByKey(connection);
      if (stranger !== null) return err(stranger);
      const keys = readGivenKeys(command.environment, { ...input, host: connection.host });
      if (!keys.ok) return keys;
      proven ??= await proveKeys(context, keys.value);
      if (!proven.ok) return proven;
      const differs = differenceOf(connection, proven.value);
      if (differs !== null) return err(differs);
      const decision = await decideRotation(context, { before: connection, keys: keys.value, proven: proven.value });
      jobLease = decision.changes.jobs[0]?.lease?.token ?? null;
      return ok(decision);
    },
    async resume(resource) {
      const [connectionId = '', jobId = ''] = resource.split(' ');
      await performJob(context, { environmentId, jobId, token: jobLease });
      await wakeJobsOfConnection(context.db, { environmentId, connectionId }, context.clock.machineNow());
      const connection = await findConnection(context.db, environmentId, connectionId);
      if (connection === null) return err(problem('not_found', 'The connection was removed meanwhile.'));
      return ok({ status: 200, body: await connectionCard(context, connection) });
    },
  });
}

function differenceOf(connection: Connection, proven: ProvenKeys): Problem | null {
  if (proven.accountId === connection.stripeAccountId) return null;
  return problem(
    'connection_account_differs',
    `This key belongs to ${proven.accountId}, the connection to ${connection.stripeAccountId}. Nothing was overwritten: ` +
      'bring a key of the same account, or make another connection for the other account.',
    { param: 'secret_key' },
  );
}

interface Rotation {
  readonly before: Connection;
  readonly keys: GivenKeys;
  readonly proven: ProvenKeys;
}

async function decideRotation(context: Context, { before, keys, proven }: Rotation): Promise<Decision> {
  const now = context.clock.machineNow();
  const verdict = judgeConnection(proven.checklist, proven.account);
  const rotated: Connection = {
    ...before,
    checklist: proven.checklist,
    ...accountFields(proven.account),
    secretKeyHint: redactKey(keys.secret),
    publishableKey: keys.publishable?.text ?? before.publishableKey,
  };
  const back = before.status === 'disconnected' ? [{ reason: 'reconnected' as const, message: null }] : [];
  const steps = stepsOfStatus(context, rotated, { verdicts: [...back, verdict], now });
  const job = leasedHere(context, ensureWebhookEndpointJob(context, before));
  const changes = new Changes().update(connectionsTable, steps.connection).enqueue(job);
  addStatusSteps(context, changes, steps);
  const credentials = await findConnectionCredentials(context.db, before.environmentId, before.id);
  const secretKeySealed = context.secrets.seal(keys.secret.text, before.id);
  if (credentials !== null) changes.update(connectionCredentialsTable, { ...credentials, secretKeySealed });
  // What Stripe said while nobody could listen is fetched at once (CON-10).
  const poll = await findStripeEventPoll(context.db, before.environmentId, before.id);
  if (poll !== null) changes.update(stripeEventPollsTable, { ...poll, dueAt: now });
  const entry = { objectKind: 'connection', objectId: before.id, before: connectionToJson(before) };
  return {
    changes,
    audit: [{ action: 'connection.key_rotated', ...entry, after: connectionToJson(steps.connection) }],
    outcome: { resumeWith: `${before.id} ${job.id}` },
  };
}
