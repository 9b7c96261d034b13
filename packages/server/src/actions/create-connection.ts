import { type Connection, err, judgeConnection, ok, type Result, type StripeHost } from '@tollbridge/core';
import { type Answer, asked, type Command, type Decision } from '../asked.js';
import { Changes } from '../changes.js';
import { connectedByOf } from '../connections/connected-by.js';
import { connectionCard } from '../connections/connection-card.js';
import { addStatusSteps, stepsOfStatus } from '../connections/connection-changes.js';
import { ensureWebhookEndpointJob } from '../connections/connection-jobs.js';
import { type GivenKeys, readGivenKeys } from '../connections/given-keys.js';
import { firstTransition, newConnection, newCredentials, newPoll } from '../connections/new-connection.js';
import { type ProvenKeys, proveKeys } from '../connections/prove-keys.js';
import type { Context } from '../context.js';
import { connectionToJson } from '../json/connection.js';
import { leasedHere, performJob } from '../perform.js';
import { type Problem, problem } from '../problem.js';
import { connectionCredentialsTable } from '../store/connection-credentials.js';
import { connectionTransitionsTable } from '../store/connection-transitions.js';
import {
  connectionsTable,
  findConnection,
  findConnectionByAccount,
  findConnectionByCode,
  findDefaultConnection,
} from '../store/connections.js';
import { stripeEventPollsTable } from '../store/stripe-event-polls.js';

export interface CreateConnectionInput {
  readonly code: string | null;
  readonly name: string | null;
  readonly secretKey: string;
  readonly publishableKey: string | null;
  readonly webhookSecret: string | null;
  readonly host: StripeHost | null;
  readonly createCustomers: boolean;
  readonly enabled: boolean;
  readonly pollIntervalSeconds: number;
}

/** Connects a Stripe account by key (CON-2): tried before it is stored, and an unproven key is never stored. */
export function createConnection(
  context: Context,
  command: Command,
  input: CreateConnectionInput,
): Promise<Result<Answer, Problem>> {
  let proven: Result<ProvenKeys, Problem> | null = null;
  let jobLease: string | null = null;
  return asked(context, command, {
    async decide() {
      const keys = readGivenKeys(command.environment, input);
      if (!keys.ok) return keys;
      // The world is asked once, however often the rows make us decide anew.
      proven ??= await proveKeys(context, keys.value);
      if (!proven.ok) return proven;
      const taken = await takenProblem(context, command, { input, keys: keys.value, proven: proven.value });
      if (taken !== null) return err(taken);
      const decision = await decideCreation(context, command, { input, keys: keys.value, proven: proven.value });
      jobLease = decision.changes.jobs[0]?.lease?.token ?? null;
      return ok(decision);
    },
    async resume(resource) {
      const [connectionId = '', jobId = ''] = resource.split(' ');
      // An endpoint that could not be made takes nothing from the connection: events are polled, and the card says why.
      await performJob(context, { environmentId: command.environment.id, jobId, token: jobLease });
      const connection = await findConnection(context.db, command.environment.id, connectionId);
      if (connection === null) return err(problem('not_found', 'The connection was removed meanwhile.'));
      return ok({ status: 201, body: await connectionCard(context, connection) });
    },
  });
}

interface Creation {
  readonly input: CreateConnectionInput;
  readonly keys: GivenKeys;
  readonly proven: ProvenKeys;
}

const codeOf = (input: CreateConnectionInput): string => input.code ?? 'stripe';

async function takenProblem(context: Context, command: Command, creation: Creation): Promise<Problem | null> {
  const { input, keys, proven } = creation;
  const account = { host: keys.host, stripeAccountId: proven.accountId };
  const same = await findConnectionByAccount(context.db, command.environment.id, account);
  if (same !== null)
    return problem('connection_account_taken', takenBy(same), {
      param: 'secret_key',
      details: { connection_id: same.id },
    });
  const code = codeOf(input);
  if ((await findConnectionByCode(context.db, command.environment.id, code)) === null) return null;
  return problem('connection_code_taken', `There is a connection with the code "${code}": choose another.`, {
    param: 'code',
  });
}

function takenBy({ stripeAccountId, code, status }: Connection): string {
  const taken = `The account ${stripeAccountId} is connected as "${code}"`;
  if (status !== 'disconnected') return `${taken}.`;
  return `${taken}, which is disconnected: put the key in place there, and it comes back with all that belongs to it.`;
}

async function decideCreation(context: Context, command: Command, creation: Creation): Promise<Decision> {
  const { input, keys, proven } = creation;
  const { environment } = command;
  const now = context.clock.machineNow();
  const id = context.newId('connection');
  const isDefault = (await findDefaultConnection(context.db, environment.id)) === null;
  const wanted = {
    ...input,
    code: codeOf(input),
    name: input.name ?? 'Stripe',
    keys,
    isDefault,
    connectedBy: connectedByOf(command.actor),
  };
  const first = newConnection(environment, wanted, { id, proven, now });
  const verdict = judgeConnection(proven.checklist, proven.account);
  const steps = stepsOfStatus(context, first, { verdicts: [verdict], now });
  const { connection } = steps;
  const secrets = { secretKey: keys.secret.text, webhookSecret: input.webhookSecret };
  const job = leasedHere(context, ensureWebhookEndpointJob(context, connection));
  const poll = newPoll(connection, {
    intervalSeconds: input.pollIntervalSeconds,
    newestEventSeconds: proven.newestEventSeconds,
  });
  const changes = new Changes()
    .insert(connectionsTable, connection)
    .insert(connectionCredentialsTable, newCredentials(context, connection, secrets))
    .insert(stripeEventPollsTable, poll)
    .insert(connectionTransitionsTable, firstTransition(context, first))
    .enqueue(job);
  addStatusSteps(context, changes, steps);
  const after = connectionToJson(connection);
  return {
    changes,
    audit: [{ action: 'connection.created', objectKind: 'connection', objectId: id, before: null, after }],
    outcome: { resumeWith: `${id} ${job.id}` },
  };
}
