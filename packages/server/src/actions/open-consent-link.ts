import { addHours, type Connection, err, isoFromInstant, mayReconnect, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { type Actor, Changes } from '../changes.js';
import { connectedByOf } from '../connections/connected-by.js';
import { notByConsent } from '../connections/connection-problems.js';
import { consentLinkOf, stateOf } from '../connections/consent-addresses.js';
import { reconnectProblem } from '../connections/consent-problems.js';
import type { Context } from '../context.js';
import { type Problem, problem } from '../problem.js';
import { hashOfToken } from '../secret-box.js';
import { commit } from '../store/commit.js';
import { findConnection } from '../store/connections.js';
import { consentsTable } from '../store/consents.js';

/** Whoever has no account at Stripe yet makes one on the way, which takes a while. */
const GOOD_FOR_HOURS = 1;
const TOKEN_BYTES = 32;

export interface OpenConsentLinkInput {
  readonly id: string;
  /** Where to lead back to when something came of it; null: to a page of ours. */
  readonly returnUrl: string | null;
}

/**
 * A fresh link to Stripe's page of consent (CON-3), for the first time or to connect again what was lost. Who may is decided
 * here, before anybody is sent to Stripe, and once more when he comes back. The link is in this answer alone.
 */
export function openConsentLink(
  context: Context,
  command: Command,
  input: OpenConsentLinkInput,
): Promise<Result<Answer, Problem>> {
  return asked(context, command, {
    async decide() {
      const connection = await findConnection(context.db, command.environment.id, input.id);
      const refusal = refusalOf(connection, command.actor);
      if (refusal !== null) return err(refusal);
      const entry = { objectKind: 'connection', objectId: input.id, before: null, after: null };
      return ok({
        changes: new Changes(),
        audit: [{ action: 'connection.consent_link_opened', ...entry }],
        outcome: { resumeWith: input.id },
      });
    },
    async resume() {
      const connection = await findConnection(context.db, command.environment.id, input.id);
      const refusal = refusalOf(connection, command.actor);
      if (refusal !== null) return err(refusal);
      return ok(await linkFor(context, command, input));
    },
  });
}

function refusalOf(connection: Connection | null, actor: Actor): Problem | null {
  if (connection === null) return problem('not_found', 'There is no such connection.');
  const stranger = notByConsent(connection);
  if (stranger !== null) return stranger;
  const allowed = mayReconnect(connection, connectedByOf(actor));
  return allowed.ok ? null : reconnectProblem(connection, allowed.error);
}

async function linkFor(context: Context, command: Command, input: OpenConsentLinkInput): Promise<Answer> {
  const now = context.clock.machineNow();
  const token = Buffer.from(context.randomBytes(TOKEN_BYTES)).toString('base64url');
  const expiresAt = addHours(now, GOOD_FOR_HOURS);
  const consent = {
    environmentId: command.environment.id,
    id: context.newId('consent'),
    connectionId: input.id,
    actor: command.actor,
    returnUrl: input.returnUrl,
    linkHash: hashOfToken(token),
    stateHash: hashOfToken(stateOf(token)),
    sessionHashes: [],
    createdAt: now,
    expiresAt,
    endedAt: null,
    version: 1,
  };
  await commit(context.db, new Changes().insert(consentsTable, consent), now);
  const body = { object: 'consent_link', url: consentLinkOf(context, token), expires_at: isoFromInstant(expiresAt) };
  return { status: 201, body, isMadeAnew: true };
}
