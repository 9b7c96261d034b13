import { type Instant, isoFromInstant } from '@tollbridge/core';
import type { WebhookEndpoint } from '../store/webhook-endpoints.js';
import { isoOrNull } from './instant.js';

export interface WebhookEndpointMore {
  readonly failingSince?: Instant | null;
  /** Only in the answer that makes it. */
  readonly secret?: string;
}

export const webhookEndpointToJson = (endpoint: WebhookEndpoint, more: WebhookEndpointMore = {}) => ({
  object: 'webhook_endpoint' as const,
  id: endpoint.id,
  url: endpoint.url,
  description: endpoint.description,
  event_types: endpoint.eventTypes,
  status: endpoint.status,
  disabled_reason: endpoint.disabledReason,
  failing_since: isoOrNull(more.failingSince ?? null),
  ...(more.secret === undefined ? {} : { secret: more.secret }),
  previous_secret_expires_at: isoOrNull(endpoint.previousSecretExpiresAt),
  created_at: isoFromInstant(endpoint.createdAt),
});
