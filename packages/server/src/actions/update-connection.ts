import {
  addMilliseconds,
  type Connection,
  type DomainEvent,
  err,
  MILLISECONDS_PER_DAY,
  ok,
  type Result,
} from '@tollbridge/core';
import { type Answer, asked, type Command, type Decision } from '../asked.js';
import { Changes } from '../changes.js';
import { connectionCard } from '../connections/connection-card.js';
import { ensureWebhookEndpointJob } from '../connections/connection-jobs.js';
import { notByKey } from '../connections/connection-problems.js';
import { withAddedSecret, withoutSecretByHand } from '../connections/signing-secrets.js';
import type { Context } from '../context.js';
import { addDecided } from '../decided.js';
import { connectionToJson } from '../json/connection.js';
import { type Problem, problem } from '../problem.js';
import { connectionCredentialsTable, findConnectionCredentials } from '../store/connection-credentials.js';
import { connectionsTable, findConnection } from '../store/connections.js';
import { findStripeEventPoll, stripeEventPollsTable } from '../store/stripe-event-polls.js';

export interface UpdateConnectionInput {
  readonly id: string;
  readonly name?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly createCustomers?: boolean | undefined;
  /** Null takes away the one added by hand. */
  readonly webhookSecret?: string | null | undefined;
  readonly pollIntervalSeconds?: number | undefined;
}

/** Changes the switches of a connection; fields that are absent stay as they are. */
export function updateConnection(
  context: Context,
  command: Command,
  input: UpdateConnectionInput,
): Promise<Result<Answer, Problem>> {
  return asked(context, command, {
    async decide() {
      const before = await findConnection(context.db, command.environment.id, input.id);
      if (before === null) return err(problem('not_found', 'There is no such connection.'));
      const stranger = input.webhookSecret === undefined ? null : notByKey(before);
      if (stranger !== null) return err(stranger);
      return ok(await decideUpdate(context, before, input));
    },
    async resume(id) {
      const connection = await findConnection(context.db, command.environment.id, id);
      if (connection === null) return err(problem('not_found', 'The connection was removed meanwhile.'));
      return ok({ status: 200, body: await connectionCard(context, connection) });
    },
  });
}

async function decideUpdate(context: Context, before: Connection, input: UpdateConnectionInput): Promise<Decision> {
  const changes = new Changes();
  const switched: Connection = {
    ...before,
    name: input.name ?? before.name,
    enabled: input.enabled ?? before.enabled,
    createCustomers: input.createCustomers ?? before.createCustomers,
  };
  const after = await withSecret(context, changes, { connection: switched, secret: input.webhookSecret });
  changes.update(connectionsTable, after);
  await changeInterval(context, changes, { connection: after, seconds: input.pollIntervalSeconds });
  const [left, right] = [connectionToJson(before), connectionToJson(after)];
  if (JSON.stringify(left) !== JSON.stringify(right)) tellUpdated(context, changes, after);
  const entry = { objectKind: 'connection', objectId: before.id, before: left, after: right };
  // What is answered is the card, read after the commit: so the last word is the rows'.
  return { changes, audit: [{ action: 'connection.updated', ...entry }], outcome: { resumeWith: before.id } };
}

function tellUpdated(context: Context, changes: Changes, connection: Connection): void {
  const event: DomainEvent = {
    type: 'connection.updated',
    objectKind: 'connection',
    objectId: connection.id,
    customerId: null,
  };
  const decided = { postings: [], events: [event] };
  addDecided(context, changes, connection.environmentId, decided, () => connectionToJson(connection));
}

interface SecretChange {
  readonly connection: Connection;
  readonly secret: string | null | undefined;
}

async function withSecret(context: Context, changes: Changes, change: SecretChange): Promise<Connection> {
  const { connection, secret } = change;
  if (secret === undefined) return connection;
  const credentials = await findConnectionCredentials(context.db, connection.environmentId, connection.id);
  if (credentials === null) return connection;
  if (secret === null) {
    changes.update(connectionCredentialsTable, withoutSecretByHand(connection, credentials));
    if (connection.webhookMode !== 'manual') return connection;
    changes.enqueue(ensureWebhookEndpointJob(context, connection));
    return { ...connection, webhookMode: 'none' };
  }
  const sealed = context.secrets.seal(secret, connection.id);
  const oldUntil = addMilliseconds(context.clock.machineNow(), MILLISECONDS_PER_DAY);
  changes.update(connectionCredentialsTable, withAddedSecret(connection, credentials, { sealed, oldUntil }));
  return connection.webhookMode === 'managed'
    ? connection
    : { ...connection, webhookMode: 'manual', webhookProblem: null };
}

async function changeInterval(
  context: Context,
  changes: Changes,
  { connection, seconds }: { readonly connection: Connection; readonly seconds: number | undefined },
): Promise<void> {
  if (seconds === undefined) return;
  const poll = await findStripeEventPoll(context.db, connection.environmentId, connection.id);
  if (poll === null) return;
  const dueAt = context.clock.machineNow();
  changes.update(stripeEventPollsTable, { ...poll, intervalSeconds: seconds, dueAt });
}
