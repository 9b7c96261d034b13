import { err, modeOfEnvironment, ok, type Result, type StripeHost } from '@tollbridge/core';
import { type Answer, asked, type Command, type Decision } from '../asked.js';
import { Changes } from '../changes.js';
import { codeAmong, platformMissing } from '../connections/begin-connection.js';
import { connectionCard } from '../connections/connection-card.js';
import { consentReturnOf } from '../connections/consent-addresses.js';
import { stripeProblem } from '../connections/given-keys.js';
import { firstTransition, newConnectionByConsent, newPoll } from '../connections/new-connection.js';
import type { Context } from '../context.js';
import { connectionToJson } from '../json/connection.js';
import { type Problem, problem } from '../problem.js';
import { connectionTransitionsTable } from '../store/connection-transitions.js';
import { connectionsTable, findConnection, listAllConnections } from '../store/connections.js';
import { stripeEventPollsTable } from '../store/stripe-event-polls.js';
import { clientIdOfPlatform, hostOfPlatform, platformAccess } from '../stripe-platform.js';

export interface ConnectByConsentInput {
  readonly code: string | null;
  readonly name: string | null;
  readonly host: StripeHost | null;
  readonly createCustomers: boolean;
  readonly enabled: boolean;
  readonly pollIntervalSeconds: number;
}

/**
 * Begins to connect an account that exists by Stripe's page of consent (CON-3). The connection is there from this commit on;
 * the page itself is opened by a link of its own, as often as it takes.
 */
export function connectByConsent(
  context: Context,
  command: Command,
  input: ConnectByConsentInput,
): Promise<Result<Answer, Problem>> {
  const { environment } = command;
  return asked(context, command, {
    async decide() {
      const livemode = modeOfEnvironment(environment.kind) === 'live';
      const host = input.host ?? hostOfPlatform(context.settings, livemode);
      const refusal = await unavailable(context, { host, livemode });
      if (refusal !== null) return err(refusal);
      const others = await listAllConnections(context.db, environment.id);
      const code = codeAmong(others, input.code);
      if (!code.ok) return code;
      const isDefault = others.every((other) => !other.isDefault);
      const wanted = { ...input, code: code.value, name: input.name ?? 'Stripe', host, isDefault, connectedBy: null };
      return ok(decideBeginning(context, command, wanted));
    },
    async resume(connectionId) {
      const connection = await findConnection(context.db, environment.id, connectionId);
      if (connection === null) return err(problem('not_found', 'The connection was removed meanwhile.'));
      return ok({ status: 201, body: await connectionCard(context, connection) });
    },
  });
}

/** Without a client id of the platform nobody can be sent anywhere. */
async function unavailable(
  context: Context,
  place: { readonly host: StripeHost; readonly livemode: boolean },
): Promise<Problem | null> {
  const platform = platformAccess(context.settings, place);
  if (platform === null) return platformMissing(place.livemode);
  const clientId = await clientIdOfPlatform(context, platform, { place, redirectUri: consentReturnOf(context) });
  if (!clientId.ok) return stripeProblem(clientId.error);
  if (clientId.value !== null) return null;
  const setting = place.livemode ? 'STRIPE_OAUTH_CLIENT_ID' : 'STRIPE_OAUTH_TEST_CLIENT_ID';
  return problem(
    'oauth_client_missing',
    `This installation has no client id of a Stripe platform for this mode: whoever runs it sets ${setting}. Nothing was made.`,
    { param: 'host' },
  );
}

type Wanted = ConnectByConsentInput & {
  readonly code: string;
  readonly name: string;
  readonly host: StripeHost;
  readonly isDefault: boolean;
  readonly connectedBy: null;
};

function decideBeginning(context: Context, command: Command, wanted: Wanted): Decision {
  const id = context.newId('connection');
  const now = context.clock.machineNow();
  const connection = newConnectionByConsent(command.environment, wanted, { id, now });
  const poll = newPoll(connection, { intervalSeconds: wanted.pollIntervalSeconds, newestEventSeconds: 0 });
  const after = connectionToJson(connection);
  return {
    changes: new Changes()
      .insert(connectionsTable, connection)
      .insert(stripeEventPollsTable, poll)
      .insert(connectionTransitionsTable, firstTransition(context, connection)),
    audit: [{ action: 'connection.created', objectKind: 'connection', objectId: id, before: null, after }],
    outcome: { resumeWith: id },
  };
}
