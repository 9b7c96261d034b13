import { isoFromInstant } from '@tollbridge/core';
import { withoutSecrets } from '../log.js';
import type { StripeEventRow } from '../store/stripe-events.js';

export const stripeEventToJson = (row: StripeEventRow) => ({
  object: 'stripe_event' as const,
  id: row.id,
  connection_id: row.connectionId,
  stripe_event_id: row.stripeEventId,
  type: row.type,
  api_version: row.apiVersion,
  livemode: row.livemode,
  account: row.account,
  object_id: row.objectId,
  occurred_at: isoFromInstant(row.occurredAt),
  received_via: row.receivedVia,
  received_at: isoFromInstant(row.receivedAt),
  status: row.status,
  attempts: row.attempts,
  last_error: row.lastError === null ? null : withoutSecrets(row.lastError),
  processed_at: row.processedAt === null ? null : isoFromInstant(row.processedAt),
});

/** One event with what Stripe sent. */
export const stripeEventWithPayloadToJson = (row: StripeEventRow) => ({
  ...stripeEventToJson(row),
  payload: row.payload,
});
