import { type Connection, nextActionOf, type ReconnectRefused } from '@tollbridge/core';
import { type Problem, problem } from '../problem.js';

/** Why somebody may not connect it again, who may, and what he can do (CON-9). */
export function reconnectProblem(connection: Connection, refused: ReconnectRefused): Problem {
  if (refused.code === 'connection_over')
    return problem('connection_over', `It cannot be brought back. ${nextActionOf(connection) ?? ''}`.trim());
  if (refused.code === 'connection_not_lost')
    return problem('connection_not_lost', 'It is connected: there is nothing to connect again.');
  return problem(
    'reconnect_other_person',
    'Only whoever connected this account may connect it again. Ask an owner of the organization to hand the connection over to you; or uninstall the app in Stripe (Settings, Team and security, Installed apps) as an administrator there, then connect again; or move to another account. Nothing was changed.',
    { details: { connected_by: refused.connectedBy } },
  );
}

/** Why what came back from Stripe's page counts for nothing. */
export const consentProblems = {
  unknown: problem(
    'consent_unknown',
    'This consent is not known here. Open the consent page again from the connection.',
  ),
  otherBrowser: problem(
    'consent_other_browser',
    'This consent was begun in another browser. Open the consent page again from the connection, in this one. Nothing was changed.',
  ),
  used: problem('consent_used', 'This consent was answered already; the connection shows what came of it.'),
  overtaken: problem(
    'consent_used',
    'The connection was disconnected since this consent was begun. Open the consent page again to connect it.',
  ),
  expired: problem('consent_expired', 'This consent took too long. Open the consent page again from the connection.'),
} as const;

/** What Stripe led back with instead of a code: refused by the person there, or by Stripe. */
export function refusedAtStripe(error: string, description: string | null): Problem {
  const said = description ?? error;
  if (error === 'access_denied')
    return problem('consent_refused', `The connection was refused on Stripe's page: ${said}. Nothing was changed.`);
  return problem('consent_refused', `Stripe did not connect the account: ${said}. Nothing was changed.`);
}

export const accountDiffers = (connection: Connection, stripeAccountId: string): Problem =>
  problem(
    'connection_account_differs',
    `${stripeAccountId} was chosen at Stripe, and this connection belongs to ${connection.stripeAccountId}. Nothing was overwritten: choose the same account there, or move to another account, which is an act of its own. The app is installed in ${stripeAccountId} now: remove it there under Settings, Team and security, Installed apps.`,
  );

export const accountTaken = (other: Connection): Problem =>
  problem(
    'connection_account_taken',
    `The account ${other.stripeAccountId} is connected as "${other.code}" already. Nothing was changed.`,
    { details: { connection_id: other.id } },
  );

export const livemodeDiffers = (connection: Connection): Problem =>
  problem(
    'connection_mode_wrong',
    connection.livemode
      ? 'A test account was connected at Stripe, and this environment is production. Nothing was changed.'
      : 'A live account was connected at Stripe, and this is a test environment. Nothing was changed.',
  );
