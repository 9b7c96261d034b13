import {
  type ChecklistItem,
  checkHostRule,
  checkPublishableKey,
  err,
  missingPermissions,
  ok,
  parseStripeKey,
  permissionChecklist,
  type Result,
  redactKey,
  type StripeHost,
  type StripeKey,
} from '@tollbridge/core';
import { checklistItemToJson } from '../json/connection.js';
import { type Problem, problem } from '../problem.js';
import { PROBLEMS } from '../problems/index.js';
import type { Environment } from '../store/organizations.js';
import type { StripeFailure } from '../stripe/gateway.js';

/** The keys that were given, as far as their texts tell. */
export interface GivenKeys {
  readonly secret: StripeKey;
  readonly publishable: StripeKey | null;
  readonly host: StripeHost;
}

/**
 * Whether the keys may be used here at all, before anybody is asked (ENV-2): the kinds, the mode of the environment, and
 * the host each may be sent to. Without a host named, marked keys go to the sandbox and all others to Stripe.
 */
export function readGivenKeys(
  environment: Pick<Environment, 'kind'>,
  given: { readonly secretKey: string; readonly publishableKey: string | null; readonly host: StripeHost | null },
): Result<GivenKeys, Problem> {
  const secret = parseStripeKey(given.secretKey);
  if (!secret.ok) return err(keyProblem(secret.error.code, 'secret_key'));
  if (secret.value.kind === 'publishable') return err(keyProblem('key_is_publishable', 'secret_key'));
  const host = given.host ?? (secret.value.isMarked ? 'sandbox' : 'stripe');
  const rule = checkHostRule(secret.value, { environmentKind: environment.kind, host });
  if (!rule.ok) return err(keyProblem(rule.error.code, 'secret_key'));
  if (given.publishableKey === null) return ok({ secret: secret.value, publishable: null, host });
  const publishable = parseStripeKey(given.publishableKey);
  if (!publishable.ok) return err(keyProblem(publishable.error.code, 'publishable_key'));
  const sister = checkPublishableKey(publishable.value, { secret: secret.value, host });
  if (!sister.ok) return err(keyProblem(sister.error.code, 'publishable_key'));
  return ok({ secret: secret.value, publishable: publishable.value, host });
}

const keyProblem = (code: string, param: string): Problem => problem(code, PROBLEMS[code]?.meaning ?? code, { param });

/** What the probe makes of a key: its checklist; or why it is not stored. */
export function checklistOrProblem(
  key: StripeKey,
  report: { readonly accountId: string | null; readonly granted: ReadonlyMap<string, boolean> },
): Result<{ readonly checklist: ChecklistItem[]; readonly accountId: string }, Problem> {
  const checklist = permissionChecklist(report.granted);
  const missing = missingPermissions(checklist);
  if (missing.length === 0 && report.accountId !== null) return ok({ checklist, accountId: report.accountId });
  const names = missing.map((item) => item.permission).join(', ');
  const message =
    missing.length > 0
      ? `The key ${redactKey(key)} lacks what is needed: ${names}. The checklist says how to add it. Nothing was stored.`
      : `The key ${redactKey(key)} does not tell which account it belongs to: give it the right to read the account.`;
  const details = { checklist: checklist.map(checklistItemToJson) };
  return err(problem('connection_probe_failed', message, { param: 'secret_key', details }));
}

/** What Stripe, or the way to it, made of a request that somebody waits for. */
export function stripeProblem(failure: StripeFailure, param?: string): Problem {
  const details = { stripe_request_id: failure.requestId, stripe_code: failure.code };
  const more = param === undefined ? { details } : { param, details };
  if (failure.kind === 'unauthorized')
    return problem('stripe_key_refused', `Stripe does not accept the key: ${failure.message}`, more);
  if (failure.kind === 'invalid' || failure.kind === 'forbidden' || failure.kind === 'missing')
    return problem('stripe_refused', failure.message, more);
  return problem('stripe_unreachable', 'Stripe did not answer, or is in trouble. Nothing was stored; try again.', more);
}
