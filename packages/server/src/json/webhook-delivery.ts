import { isoFromInstant } from '@tollbridge/core';
import type { DeliveryAttempt, WebhookDelivery } from '../store/webhook-deliveries.js';
import { isoOrNull } from './instant.js';

export const webhookDeliveryToJson = (delivery: WebhookDelivery, log: readonly DeliveryAttempt[] | null = null) => ({
  object: 'webhook_delivery' as const,
  id: delivery.id,
  event_id: delivery.eventId,
  endpoint_id: delivery.endpointId,
  status: delivery.status,
  attempts: delivery.attempts,
  last_attempt_at: isoOrNull(delivery.lastAttemptAt),
  next_attempt_at: isoOrNull(delivery.nextAttemptAt),
  last_response_status: delivery.lastResponseStatus,
  last_error: delivery.lastError,
  delivered_at: isoOrNull(delivery.deliveredAt),
  created_at: isoFromInstant(delivery.createdAt),
  ...(log === null ? {} : { attempt_log: log.map(attemptToJson) }),
});

const attemptToJson = (attempt: DeliveryAttempt) => ({
  attempted_at: isoFromInstant(attempt.attemptedAt),
  duration_milliseconds: attempt.durationMilliseconds,
  response_status: attempt.responseStatus,
  response_body: attempt.responseBody,
  error: attempt.error,
});
