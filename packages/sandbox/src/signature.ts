import { createHmac } from 'node:crypto';

/** Signs nothing: of the scheme that Stripe adds in test mode to see that receivers pass over all but v1. */
const decoySecret = 'decoy';

/**
 * The `Stripe-Signature` header: HMAC-SHA256 of `t.body` under each secret, several while one is being rolled.
 * https://docs.stripe.com/webhooks#verify-manually
 */
export const signatureHeader = (
  body: string,
  secrets: readonly string[],
  at: { readonly timestampSeconds: number; readonly livemode: boolean },
): string => {
  const signed = `${at.timestampSeconds}.${body}`;
  const signatures = secrets.map((secret) => `v1=${hmacOf(secret, signed)}`);
  if (!at.livemode) signatures.push(`v0=${hmacOf(decoySecret, signed)}`);
  return [`t=${at.timestampSeconds}`, ...signatures].join(',');
};

const hmacOf = (secret: string, signed: string): string =>
  createHmac('sha256', secret).update(signed, 'utf8').digest('hex');
