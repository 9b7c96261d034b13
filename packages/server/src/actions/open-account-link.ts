import { type Connection, err, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command, type Decision } from '../asked.js';
import { Changes } from '../changes.js';
import { createStripeAccountJob } from '../connections/connection-jobs.js';
import { stripeProblem } from '../connections/given-keys.js';
import { returnPages } from '../connections/return-pages.js';
import type { Context } from '../context.js';
import { leasedHere, performJob } from '../perform.js';
import { type Problem, problem } from '../problem.js';
import { findConnection } from '../store/connections.js';
import { createAccountLink } from '../stripe/core-accounts.js';
import { platformAccess } from '../stripe-platform.js';

export interface OpenAccountLinkInput {
  readonly id: string;
  /** Where Stripe's page leads back to; null: to a page of ours. */
  readonly returnUrl: string | null;
  /** Where it leads when the link has expired or was opened before; null: to a page of ours. */
  readonly refreshUrl: string | null;
}

/**
 * *Update Stripe information* (CON-1): a fresh link to Stripe's page for the details of the account, as often as it is asked
 * for, whatever became of the last one. An account that is not made yet is made first. The link is in this answer alone.
 */
export function openAccountLink(
  context: Context,
  command: Command,
  input: OpenAccountLinkInput,
): Promise<Result<Answer, Problem>> {
  let jobLease: string | null = null;
  const environmentId = command.environment.id;
  return asked(context, command, {
    async decide() {
      const connection = await findConnection(context.db, environmentId, input.id);
      if (connection === null) return err(problem('not_found', 'There is no such connection.'));
      const refusal = refusalOf(connection);
      if (refusal !== null) return err(refusal);
      const decision = decideLink(context, connection);
      jobLease = decision.changes.jobs[0]?.lease?.token ?? null;
      return ok(decision);
    },
    async resume(jobId) {
      if (jobId !== NO_JOB) await performJob(context, { environmentId, jobId, token: jobLease });
      const connection = await findConnection(context.db, environmentId, input.id);
      if (connection === null) return err(problem('not_found', 'The connection was removed meanwhile.'));
      const refusal = refusalOf(connection);
      return refusal === null ? linkFor(context, connection, input) : err(refusal);
    },
  });
}

const NO_JOB = '-';

/** Only for accounts that our platform made, and while they are there. */
function refusalOf(connection: Connection): Problem | null {
  if (connection.mode !== 'managed')
    return problem(
      'connection_mode_differs',
      'This account was not made by the platform: its owner gives Stripe the details in its own dashboard.',
    );
  if (connection.status !== 'disconnected') return null;
  return problem('connection_disconnected_already', 'It is disconnected, and cannot be brought back: connect anew.');
}

function decideLink(context: Context, connection: Connection): Decision {
  const isMade = connection.stripeAccountId !== null;
  const job = isMade ? null : leasedHere(context, createStripeAccountJob(context, connection));
  const changes = job === null ? new Changes() : new Changes().enqueue(job);
  const entry = { objectKind: 'connection', objectId: connection.id, before: null, after: null };
  return {
    changes,
    audit: [{ action: 'connection.account_link_opened', ...entry }],
    outcome: { resumeWith: job?.id ?? NO_JOB },
  };
}

async function linkFor(
  context: Context,
  connection: Connection,
  input: OpenAccountLinkInput,
): Promise<Result<Answer, Problem>> {
  const { stripeAccountId } = connection;
  if (stripeAccountId === null) return err(notMade(connection));
  const platform = platformAccess(context.settings, connection);
  if (platform === null)
    return err(
      problem('platform_key_missing', 'This installation has no platform key for it: set STRIPE_PLATFORM_KEY.'),
    );
  const pages = returnPages(context, connection);
  const made = await createAccountLink(context.stripe, platform, {
    stripeAccountId,
    returnUrl: input.returnUrl ?? pages.returned,
    refreshUrl: input.refreshUrl ?? pages.expired,
    pressId: Buffer.from(context.randomBytes(12)).toString('hex'),
  });
  if (!made.ok) return err(stripeProblem(made.error));
  const body = { object: 'account_link', url: made.value.url, expires_at: made.value.expiresAt };
  return ok({ status: 201, body, isMadeAnew: true });
}

function notMade({ reason, statusMessage }: Connection): Problem {
  const said = reason === 'account_not_made' && statusMessage !== null ? ` Stripe said: ${statusMessage}` : '';
  return problem('account_not_made', `Stripe has not made the account yet.${said} Try again in a moment.`);
}
