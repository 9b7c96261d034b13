import { err, ok, type Result } from '@tollbridge/core';
import type { Context } from '../context.js';
import { type Problem, problem } from '../problem.js';
import { probeKey, probePublishableKey } from '../stripe/probe.js';
import { checklistOrProblem, type GivenKeys, stripeProblem } from './given-keys.js';
import type { ProvenAccount } from './new-connection.js';

export interface ProvenKeys extends ProvenAccount {
  readonly newestEventSeconds: number;
}

/** Asks the host what the keys can do, and changes nothing there. What is not proven here is never stored (CON-2). */
export async function proveKeys(
  context: Pick<Context, 'stripe' | 'randomBytes'>,
  keys: GivenKeys,
): Promise<Result<ProvenKeys, Problem>> {
  const runId = Buffer.from(context.randomBytes(8)).toString('hex');
  const access = { host: keys.host, secretKey: keys.secret.text, accountId: null };
  const report = await probeKey(context.stripe, access, runId);
  if (!report.ok) return err(stripeProblem(report.error, 'secret_key'));
  const checked = checklistOrProblem(keys.secret, report.value);
  if (!checked.ok) return checked;
  if (keys.publishable !== null) {
    const publishableAccess = { ...access, secretKey: keys.publishable.text };
    const known = await probePublishableKey(context.stripe, publishableAccess, runId);
    if (!known.ok) return err(stripeProblem(known.error, 'publishable_key'));
    if (!known.value)
      return err(problem('publishable_key_refused', 'Stripe does not know this key.', { param: 'publishable_key' }));
  }
  const { account, newestEventSeconds } = report.value;
  return ok({ ...checked.value, account, newestEventSeconds });
}
