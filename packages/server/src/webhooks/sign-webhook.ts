import { type Instant, MILLISECONDS_PER_SECOND } from '@tollbridge/core';
import { Webhook } from 'standardwebhooks';
import type { Context } from '../context.js';

/** Standard Webhooks asks for 24 to 64 bytes: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
const SECRET_BYTES = 24;

export interface WebhookMessage {
  readonly id: string;
  readonly sentAt: Instant;
  readonly body: string;
  /** During a rotation both are valid, and the message carries a signature by each. */
  readonly secrets: readonly string[];
}

/** The headers by which a host application knows that a message is ours, whole, and fresh (OUT-1). */
export function webhookHeaders(message: WebhookMessage): Readonly<Record<string, string>> {
  const signatures = message.secrets.map((secret) =>
    new Webhook(secret).sign(message.id, new Date(message.sentAt), message.body),
  );
  return {
    'content-type': 'application/json',
    'user-agent': 'Tollbridge/0.1.0',
    'webhook-id': message.id,
    'webhook-timestamp': String(Math.floor(message.sentAt / MILLISECONDS_PER_SECOND)),
    'webhook-signature': signatures.join(' '),
  };
}

export const newWebhookSecret = (context: Context): string =>
  `whsec_${Buffer.from(context.randomBytes(SECRET_BYTES)).toString('base64')}`;
