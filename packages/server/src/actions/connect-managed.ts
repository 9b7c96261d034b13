import {
  type AccountWanted,
  type Connection,
  err,
  isOver,
  modeOfEnvironment,
  ok,
  type Result,
  type StripeHost,
} from '@tollbridge/core';
import { type Answer, asked, type Command, type Decision } from '../asked.js';
import { Changes } from '../changes.js';
import { codeAmong, platformMissing } from '../connections/begin-connection.js';
import { connectedByOf } from '../connections/connected-by.js';
import { connectionCard } from '../connections/connection-card.js';
import { createStripeAccountJob } from '../connections/connection-jobs.js';
import { firstTransition, newManagedConnection, newPoll } from '../connections/new-connection.js';
import type { Context } from '../context.js';
import { connectionToJson } from '../json/connection.js';
import { leasedHere, performJob } from '../perform.js';
import { type Problem, problem } from '../problem.js';
import { connectionTransitionsTable } from '../store/connection-transitions.js';
import { connectionsTable, findConnection, listAllConnections } from '../store/connections.js';
import { stripeEventPollsTable } from '../store/stripe-event-polls.js';
import { hostOfPlatform, platformKeyOf } from '../stripe-platform.js';

export interface ConnectManagedInput {
  readonly code: string | null;
  readonly name: string | null;
  readonly host: StripeHost | null;
  readonly account: AccountWanted;
  readonly createCustomers: boolean;
  readonly enabled: boolean;
  readonly pollIntervalSeconds: number;
}

/**
 * Has our platform make a new Stripe account for the environment (CON-1). The connection is there from this commit on, and
 * its card says what is still missing; 202 while Stripe has not answered.
 */
export function connectManaged(
  context: Context,
  command: Command,
  input: ConnectManagedInput,
): Promise<Result<Answer, Problem>> {
  let jobLease: string | null = null;
  const { environment } = command;
  return asked(context, command, {
    async decide() {
      const livemode = modeOfEnvironment(environment.kind) === 'live';
      const host = input.host ?? hostOfPlatform(context.settings, livemode);
      if (platformKeyOf(context.settings, { host, livemode }) === null) return err(platformMissing(livemode));
      const others = await listAllConnections(context.db, environment.id);
      const code = codeAmong(others, input.code);
      if (!code.ok) return code;
      const decision = decideCreation(context, command, { input: { ...input, host, code: code.value }, others });
      jobLease = decision.changes.jobs[0]?.lease?.token ?? null;
      return ok(decision);
    },
    async resume(resource) {
      const [connectionId = '', jobId = ''] = resource.split(' ');
      await performJob(context, { environmentId: environment.id, jobId, token: jobLease });
      const connection = await findConnection(context.db, environment.id, connectionId);
      if (connection === null) return err(problem('not_found', 'The connection was removed meanwhile.'));
      return ok({ status: isAwaited(connection) ? 202 : 201, body: await connectionCard(context, connection) });
    },
  });
}

/** Stripe has neither made the account nor refused to. */
const isAwaited = ({ accountWanted, status }: Connection): boolean => accountWanted !== null && status === 'connecting';

interface Creation {
  readonly input: ConnectManagedInput & { readonly host: StripeHost; readonly code: string };
  readonly others: readonly Connection[];
}

function decideCreation(context: Context, command: Command, { input, others }: Creation): Decision {
  const now = context.clock.machineNow();
  const id = context.newId('connection');
  const old = others.find(({ isDefault }) => isDefault);
  // What cannot come back is nobody's default any more: new customers would wait for it for ever.
  const isDefault = old === undefined || isOver(old);
  const wanted = { ...input, name: input.name ?? 'Stripe', isDefault, connectedBy: connectedByOf(command.actor) };
  const connection = newManagedConnection(command.environment, wanted, { id, now });
  const job = leasedHere(context, createStripeAccountJob(context, connection));
  const poll = newPoll(connection, { intervalSeconds: input.pollIntervalSeconds, newestEventSeconds: 0 });
  const changes = new Changes()
    .insert(connectionsTable, connection)
    .insert(stripeEventPollsTable, poll)
    .insert(connectionTransitionsTable, firstTransition(context, connection))
    .enqueue(job);
  if (isDefault && old !== undefined) changes.update(connectionsTable, { ...old, isDefault: false });
  const after = connectionToJson(connection);
  return {
    changes,
    audit: [{ action: 'connection.created', objectKind: 'connection', objectId: id, before: null, after }],
    outcome: { resumeWith: `${id} ${job.id}` },
  };
}
