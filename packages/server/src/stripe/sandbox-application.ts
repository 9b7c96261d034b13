import { err, ok, type Result } from '@tollbridge/core';
import type { Stripe, StripeAccess, StripeFailure } from './gateway.js';

const TIMEOUT_MILLISECONDS = 10_000;

/**
 * Tells the sandbox where its page of consent may lead people back to, and is told the platform's client id. At Stripe both
 * stand in the dashboard, and there is no call for them.
 */
export async function registerAtSandbox(
  client: Stripe.HttpClient,
  { platform, redirectUri, url }: { readonly platform: StripeAccess; readonly redirectUri: string; readonly url: URL },
): Promise<Result<string, StripeFailure>> {
  const body = JSON.stringify({ key: platform.secretKey, name: 'Tollbridge', redirect_uris: [redirectUri] });
  const headers = { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)) };
  const protocol = url.protocol === 'https:' ? 'https' : 'http';
  const port = url.port || (protocol === 'https' ? '443' : '80');
  try {
    const path = '/_sandbox/applications';
    const answer = await client.makeRequest(
      url.hostname,
      port,
      path,
      'POST',
      headers,
      body,
      protocol,
      TIMEOUT_MILLISECONDS,
    );
    const { client_id: clientId } = ((await answer.toJSON()) ?? {}) as { readonly client_id?: unknown };
    return typeof clientId === 'string' ? ok(clientId) : err(failed(`it answered ${answer.getStatusCode()}`));
  } catch (error) {
    return err(failed((error as Error).message));
  }
}

const failed = (message: string): StripeFailure => ({
  kind: 'unreachable',
  status: null,
  code: null,
  declineCode: null,
  adviceCode: null,
  message: `The sandbox did not say by which id its platform is known: ${message}`,
  param: null,
  requestId: null,
  replayed: false,
  paymentIntent: null,
  setupIntent: null,
});
