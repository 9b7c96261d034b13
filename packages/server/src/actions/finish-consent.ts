import {
  type AccountState,
  type Connection,
  type ConnectionVerdict,
  err,
  type Instant,
  isPartedWith,
  judgeAccount,
  mayReconnect,
  ok,
  type Result,
} from '@tollbridge/core';
import { asked, type Command, type Decision } from '../asked.js';
import { Changes } from '../changes.js';
import { platformMissing } from '../connections/begin-connection.js';
import { connectedByOf } from '../connections/connected-by.js';
import { addStatusSteps, stepsOfStatus } from '../connections/connection-changes.js';
import { checkConnectionJob, seeToPlatformJob } from '../connections/connection-jobs.js';
import {
  accountDiffers,
  accountTaken,
  consentProblems,
  livemodeDiffers,
  reconnectProblem,
  refusedAtStripe,
} from '../connections/consent-problems.js';
import { accountFields } from '../connections/new-connection.js';
import type { Context } from '../context.js';
import { isConflict } from '../jobs/run-job.js';
import { wakeJobsOfConnection } from '../jobs/wake-jobs.js';
import { connectionToJson } from '../json/connection.js';
import { type Problem, problem } from '../problem.js';
import { hashOfToken, sameText } from '../secret-box.js';
import { commit } from '../store/commit.js';
import { connectionsTable, findConnection, findConnectionByAccount } from '../store/connections.js';
import { type Consent, consentsTable, findConsentByState } from '../store/consents.js';
import { findEnvironment } from '../store/organizations.js';
import { findStripeEventPoll, stripeEventPollsTable } from '../store/stripe-event-polls.js';
import { readAccountState } from '../stripe/account.js';
import { newestStripeEvent } from '../stripe/events.js';
import type { StripeAccess } from '../stripe/gateway.js';
import { exchangeCode, type LetIn } from '../stripe/oauth.js';
import { platformAccess } from '../stripe-platform.js';

export interface CameBack {
  readonly state: string;
  /** What the browser kept since the link was opened; null when it has nothing. */
  readonly session: string | null;
  readonly code: string | null;
  readonly error: string | null;
  readonly errorDescription: string | null;
  readonly address: string;
  readonly requestId: string;
}

/** What came of it, for the page that he sees. */
export interface ConsentOutcome {
  readonly connection: Connection | null;
  readonly returnUrl: string | null;
  /** Null: the account is connected. */
  readonly problem: Problem | null;
}

/**
 * Somebody came back from Stripe's page of consent (CON-3, CON-9). The code is good once, so this counts once: it is marked
 * before Stripe is asked, and when Stripe's answer is lost he lets us in anew, which changes nothing. What is refused overwrites
 * nothing. The app stays installed in an account that was chosen wrongly, and the refusal says how to remove it: another program of
 * the same platform may have been let in there before us.
 */
export async function finishConsent(context: Context, came: CameBack): Promise<ConsentOutcome> {
  const consent = await findConsentByState(context.db, hashOfToken(came.state));
  if (consent === null) return { connection: null, returnUrl: null, problem: consentProblems.unknown };
  const outcome = (refusal: Problem | null, connection: Connection | null = null): ConsentOutcome => ({
    connection,
    returnUrl: consent.returnUrl,
    problem: refusal,
  });
  const used = await useConsent(context, consent, came);
  if (used !== null) return outcome(used);
  const environment = await findEnvironment(context.db, consent.environmentId);
  const connection = await findConnection(context.db, consent.environmentId, consent.connectionId);
  if (environment === null || connection === null) return outcome(consentProblems.unknown);
  const actor = { ...consent.actor, address: came.address, requestId: came.requestId };
  const command: Command = { environment, actor, idempotency: null };
  const finished =
    came.code === null
      ? await refused(context, command, { connection, came })
      : await letIn(context, command, { connection, consent, code: came.code });
  const after = await findConnection(context.db, environment.id, connection.id);
  return outcome(finished.ok ? null : finished.error, after);
}

/** How often it is looked again because the link was opened once more at the same moment. */
const CONFLICTS_MAX = 5;

/** Marks it as answered, for the browser that was sent and within its time; otherwise why not. */
async function useConsent(context: Context, found: Consent, came: CameBack): Promise<Problem | null> {
  let consent: Consent | null = found;
  for (let conflict = 1; consent !== null; conflict++) {
    const now = context.clock.machineNow();
    const refusal = refusalOfConsent(consent, came, now);
    if (refusal !== null) return refusal;
    try {
      await commit(context.db, new Changes().update(consentsTable, { ...consent, endedAt: now }), now);
      return null;
    } catch (error) {
      if (!isConflict(error) || conflict >= CONFLICTS_MAX) throw error;
      consent = await findConsentByState(context.db, found.stateHash);
    }
  }
  return consentProblems.unknown;
}

function refusalOfConsent(
  { endedAt, expiresAt, sessionHashes }: Consent,
  came: CameBack,
  now: Instant,
): Problem | null {
  const cameWith = came.session === null ? null : hashOfToken(came.session);
  const isSameBrowser = cameWith !== null && sessionHashes.some((known) => sameText(cameWith, known));
  if (!isSameBrowser) return consentProblems.otherBrowser;
  if (endedAt !== null) return consentProblems.used;
  return expiresAt <= now ? consentProblems.expired : null;
}

/** Nobody let us in. A connection that never was says so; one that was lost stays exactly as it is. */
async function refused(
  context: Context,
  command: Command,
  { connection, came }: { readonly connection: Connection; readonly came: CameBack },
): Promise<Result<null, Problem>> {
  const refusal = refusedAtStripe(came.error ?? 'no code came back', came.errorDescription);
  if (connection.status !== 'connecting') return err(refusal);
  const verdict: ConnectionVerdict = { reason: 'consent_refused', message: came.errorDescription ?? came.error };
  const told = await asked(context, command, {
    async decide() {
      const before = await findConnection(context.db, command.environment.id, connection.id);
      if (before === null) return err(consentProblems.unknown);
      return ok(decideChange(context, { before, connection: before, verdicts: [verdict], more: new Changes() }));
    },
  });
  return told.ok ? err(refusal) : told;
}

interface Change {
  readonly before: Connection;
  readonly connection: Connection;
  readonly verdicts: readonly ConnectionVerdict[];
  readonly more: Changes;
}

function decideChange(context: Context, { before, connection, verdicts, more }: Change): Decision {
  const steps = stepsOfStatus(context, connection, { verdicts, now: context.clock.machineNow() });
  const changes = more.update(connectionsTable, steps.connection);
  addStatusSteps(context, changes, steps);
  const entry = { objectKind: 'connection', objectId: before.id, before: connectionToJson(before) };
  return {
    changes,
    audit: [{ action: 'connection.consent_answered', ...entry, after: connectionToJson(steps.connection) }],
    outcome: { answer: { status: 200, body: null } },
  };
}

/** What is known of the account that we were let into. */
interface Account {
  readonly letIn: LetIn & { readonly stripeAccountId: string };
  /** Null when it could not be read at this moment: the check does it. */
  readonly state: AccountState | null;
  /** Unix seconds: polling begins there. */
  readonly newestEventSeconds: number;
}

async function letIn(
  context: Context,
  command: Command,
  { code, connection, consent }: { readonly connection: Connection; readonly consent: Consent; readonly code: string },
): Promise<Result<null, Problem>> {
  const platform = platformAccess(context.settings, connection);
  if (platform === null) return err(platformMissing(connection.livemode));
  const exchanged = await exchangeCode(context.stripe, platform, code);
  if (!exchanged.ok)
    return err(
      problem(
        'consent_not_confirmed',
        `Stripe did not confirm the consent: ${exchanged.error.message} Open the consent page again; whoever has let us in already only has to say so once more.`,
      ),
    );
  const { stripeAccountId } = exchanged.value;
  if (stripeAccountId === null) return err(refusedAtStripe('it named no account', null));
  const account = await lookInto(context, platform, { ...exchanged.value, stripeAccountId });
  const connected = await asked(context, command, {
    async decide() {
      const before = await findConnection(context.db, command.environment.id, connection.id);
      if (before === null) return err(consentProblems.unknown);
      const refusal = overtaken(before, consent) ?? (await refusalOf(context, command, { before, account }));
      return refusal === null ? ok(await decideConnected(context, command, { before, account })) : err(refusal);
    },
  });
  if (!connected.ok) return connected;
  const { environmentId, id: connectionId } = connection;
  await wakeJobsOfConnection(context.db, { environmentId, connectionId }, context.clock.machineNow());
  return ok(null);
}

async function lookInto(context: Context, platform: StripeAccess, letIn: Account['letIn']): Promise<Account> {
  const access = { ...platform, accountId: letIn.stripeAccountId };
  const state = await readAccountState(context.stripe, access);
  const newest = await newestStripeEvent(context.stripe, access);
  return {
    letIn,
    state: state.ok ? state.value : null,
    newestEventSeconds: newest.ok ? newest.value : Math.floor(context.clock.machineNow() / 1_000),
  };
}

interface Connecting {
  readonly before: Connection;
  readonly account: Account;
}

/** It was parted with since he was sent: whoever wants it back says so from then on. */
const overtaken = (before: Connection, consent: Consent): Problem | null =>
  isPartedWith(before) && consent.createdAt <= before.statusChangedAt ? consentProblems.overtaken : null;

/** Onto the same account and mode, by whoever may, and no account twice in an environment (CON-9). */
async function refusalOf(context: Context, command: Command, { before, account }: Connecting): Promise<Problem | null> {
  const allowed = mayReconnect(before, connectedByOf(command.actor));
  if (!allowed.ok) return reconnectProblem(before, allowed.error);
  const { livemode, stripeAccountId } = account.letIn;
  if (livemode !== before.livemode) return livemodeDiffers(before);
  if (before.stripeAccountId !== null && before.stripeAccountId !== stripeAccountId)
    return accountDiffers(before, stripeAccountId);
  const same = await findConnectionByAccount(context.db, command.environment.id, {
    host: before.host,
    stripeAccountId,
  });
  return same === null || same.id === before.id ? null : accountTaken(same);
}

async function decideConnected(context: Context, command: Command, { before, account }: Connecting): Promise<Decision> {
  const { letIn, newestEventSeconds, state } = account;
  const isBack = before.status === 'disconnected';
  const connection: Connection = {
    ...before,
    stripeAccountId: letIn.stripeAccountId,
    publishableKey: letIn.publishableKey,
    connectedBy: connectedByOf(command.actor),
    ...(state === null ? {} : accountFields(state)),
  };
  const verdicts: ConnectionVerdict[] = [
    ...(isBack ? [{ reason: 'reconnected' as const, message: null }] : []),
    state === null ? { reason: 'account_status_awaited', message: null } : judgeAccount(state, 'account_active'),
  ];
  const more = new Changes().enqueue(seeToPlatformJob(context, before));
  if (state === null) more.enqueue(checkConnectionJob(context, before));
  const poll = await findStripeEventPoll(context.db, before.environmentId, before.id);
  // What Stripe said while nobody could listen is fetched at once (CON-10); of what was before there is nothing of ours.
  const seenUntil = before.stripeAccountId === null ? BigInt(newestEventSeconds) : (poll?.seenUntil ?? 0n);
  if (poll !== null) more.update(stripeEventPollsTable, { ...poll, seenUntil, dueAt: context.clock.machineNow() });
  return decideChange(context, { before, connection, verdicts, more });
}
