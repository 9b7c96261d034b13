import { createHmac } from 'node:crypto';

/**
 * The `Stripe-Signature` header: HMAC-SHA256 of `t.body` under each secret, several while one is being rolled.
 * https://docs.stripe.com/webhooks#verify-manually
 */
export const signatureHeader = (body: string, secrets: readonly string[], timestampSeconds: number): string => {
  const signed = `${timestampSeconds}.${body}`;
  const signatures = secrets.map((secret) => `v1=${createHmac('sha256', secret).update(signed, 'utf8').digest('hex')}`);
  return [`t=${timestampSeconds}`, ...signatures].join(',');
};
