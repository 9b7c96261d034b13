import { err, ok, type Result } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { platformMissing } from '../connections/begin-connection.js';
import { consentReturnOf, stateOf } from '../connections/consent-addresses.js';
import { consentProblems } from '../connections/consent-problems.js';
import { stripeProblem } from '../connections/given-keys.js';
import type { Context } from '../context.js';
import { isConflict } from '../jobs/run-job.js';
import type { Problem } from '../problem.js';
import { hashOfToken } from '../secret-box.js';
import { commit } from '../store/commit.js';
import { findConnection } from '../store/connections.js';
import { consentsTable, findConsentByLink } from '../store/consents.js';
import { clientIdOfPlatform, platformAccess } from '../stripe-platform.js';

const TOKEN_BYTES = 32;
/** How many openings of one link are remembered, the latest ones. */
const SESSIONS_MAX = 20;

export interface BegunConsent {
  /** Stripe's page. */
  readonly location: string;
  /** What the browser keeps: what Stripe leads back with counts together with it alone. */
  readonly session: string;
}

/** How often it is looked again because the same link was opened twice at one moment. */
const CONFLICTS_MAX = 5;

/** Somebody opened the link: he is sent to Stripe, and what he comes back with is bound to his browser (CON-3). */
export async function beginConsent(context: Context, token: string): Promise<Result<BegunConsent, Problem>> {
  for (let conflict = 1; ; conflict++)
    try {
      return await begin(context, token);
    } catch (error) {
      if (!isConflict(error) || conflict >= CONFLICTS_MAX) throw error;
    }
}

async function begin(context: Context, token: string): Promise<Result<BegunConsent, Problem>> {
  const consent = await findConsentByLink(context.db, hashOfToken(token));
  if (consent === null) return err(consentProblems.unknown);
  if (consent.endedAt !== null) return err(consentProblems.used);
  const now = context.clock.machineNow();
  if (consent.expiresAt <= now) return err(consentProblems.expired);
  const connection = await findConnection(context.db, consent.environmentId, consent.connectionId);
  const platform = connection === null ? null : platformAccess(context.settings, connection);
  if (connection === null || platform === null) return err(platformMissing(connection?.livemode ?? false));
  const redirectUri = consentReturnOf(context);
  const clientId = await clientIdOfPlatform(context, platform, { place: connection, redirectUri });
  if (!clientId.ok) return err(stripeProblem(clientId.error));
  if (clientId.value === null) return err(platformMissing(connection.livemode));
  const session = newToken(context);
  const sessionHashes = [...consent.sessionHashes, hashOfToken(session)].slice(-SESSIONS_MAX);
  await commit(context.db, new Changes().update(consentsTable, { ...consent, sessionHashes }), now);
  const state = stateOf(token);
  const location = await context.stripe.consentUrl(connection.host, { clientId: clientId.value, redirectUri, state });
  return ok({ location, session });
}

const newToken = (context: Context): string => Buffer.from(context.randomBytes(TOKEN_BYTES)).toString('base64url');
