import { err, ok, type Result } from '@tollbridge/core';
import { hostKind, mayCall } from '../network-address.js';
import { type Problem, problem } from '../problem.js';
import type { Environment } from '../store/organizations.js';

/**
 * Whether an environment may have webhooks sent to this address, as far as its text tells (OUT-1): what a name leads to
 * is judged at every delivery. Errors: `webhook_url_refused`.
 */
export function checkWebhookUrl(environment: Environment, text: string): Result<string, Problem> {
  const refuse = (message: string) => err(problem('webhook_url_refused', message, { param: 'url' }));
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return refuse('Give a whole address: https://…');
  if (url.username !== '' || url.password !== '') return refuse('The address may not hold a user name or password.');
  const isTest = environment.kind === 'test';
  const allowPrivate = environment.allowPrivateWebhookUrls;
  if (url.protocol === 'http:' && !isTest && !allowPrivate)
    return refuse('In production the address begins with https://.');
  const kind = hostKind(url);
  if (kind !== null && !mayCall(kind, { allowPrivate, allowLoopback: isTest }))
    return refuse(`The address leads to ${url.hostname}, which is not a public address.`);
  return ok(url.toString());
}
