import { createHash } from 'node:crypto';
import type { Instant } from '@tollbridge/core';
import { instant, integer, nullable, text } from './column.js';
import type { Database } from './database.js';
import { type Condition, type Page, type PageRequest, pageOf } from './pages.js';
import { fromRow, selectList, table } from './table.js';

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed', 'canceled'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One event on its way to one endpoint; made by the commit that tells the event (`commit-appendix.ts`). */
export interface WebhookDelivery {
  readonly environmentId: string;
  readonly id: string;
  readonly eventId: string;
  readonly endpointId: string;
  readonly status: DeliveryStatus;
  /** Attempts since it was made, or last sent again by hand. */
  readonly attempts: number;
  readonly lastAttemptAt: Instant | null;
  readonly nextAttemptAt: Instant | null;
  readonly lastResponseStatus: number | null;
  readonly lastError: string | null;
  readonly deliveredAt: Instant | null;
  readonly createdAt: Instant;
  readonly version: number;
}

export const webhookDeliveriesTable = table<WebhookDelivery>(
  'webhook_deliveries',
  {
    environmentId: text(),
    id: text(),
    eventId: text(),
    endpointId: text(),
    status: text<DeliveryStatus>(),
    attempts: integer(),
    lastAttemptAt: nullable(instant()),
    nextAttemptAt: nullable(instant()),
    lastResponseStatus: nullable(integer()),
    lastError: nullable(text()),
    deliveredAt: nullable(instant()),
    createdAt: instant(),
    version: integer(),
  },
  { key: ['environmentId', 'id'], versioned: true },
);

/** One attempt, for those who ask why they were not told. */
export interface DeliveryAttempt {
  readonly environmentId: string;
  readonly id: string;
  readonly deliveryId: string;
  readonly attemptedAt: Instant;
  readonly durationMilliseconds: number;
  readonly responseStatus: number | null;
  /** The beginning of what the host answered. */
  readonly responseBody: string | null;
  readonly error: string | null;
}

export const deliveryAttemptsTable = table<DeliveryAttempt>(
  'webhook_delivery_attempts',
  {
    environmentId: text(),
    id: text(),
    deliveryId: text(),
    attemptedAt: instant(),
    durationMilliseconds: integer(),
    responseStatus: nullable(integer()),
    responseBody: nullable(text()),
    error: nullable(text()),
  },
  { key: ['environmentId', 'id'], versioned: false },
);

/** The id that the commit of an event gives its delivery to an endpoint (`wanted_deliveries` in `commit-appendix.ts`). */
export const deliveryIdOf = (eventId: string, endpointId: string): string =>
  `del_${createHash('md5').update(`${eventId} ${endpointId}`).digest('hex').slice(0, 24)}`;

/** The job that the same commit makes to send it. */
export const deliveryJobIdOf = (deliveryId: string): string => deliveryId.replace(/^del_/, 'job_');

export async function findDelivery(
  database: Database,
  environmentId: string,
  id: string,
): Promise<WebhookDelivery | null> {
  const [row] = await database.query({
    name: 'find_webhook_delivery',
    text: `select ${selectList(webhookDeliveriesTable)} from webhook_deliveries where environment_id = $1 and id = $2`,
    values: [environmentId, id],
  });
  return row === undefined ? null : fromRow(webhookDeliveriesTable, row);
}

export interface DeliveryFilter {
  readonly endpointId: string | null;
  readonly eventId: string | null;
  readonly status: DeliveryStatus | null;
}

export function listDeliveries(
  database: Database,
  environmentId: string,
  filter: DeliveryFilter,
  request: PageRequest,
): Promise<Page<WebhookDelivery> | null> {
  const conditions: Condition[] = [];
  if (filter.endpointId !== null) conditions.push({ sql: 't.endpoint_id = $?', value: filter.endpointId });
  if (filter.eventId !== null) conditions.push({ sql: 't.event_id = $?', value: filter.eventId });
  if (filter.status !== null) conditions.push({ sql: 't.status = $?', value: filter.status });
  return pageOf(database, webhookDeliveriesTable, { environmentId, request, conditions });
}

/** Of a delivery sent again and again, only the latest attempts are shown. */
const ATTEMPTS_SHOWN_MAX = 50;

/** The latest attempts of one delivery, oldest first. */
export async function listDeliveryAttempts(
  database: Database,
  environmentId: string,
  deliveryId: string,
): Promise<DeliveryAttempt[]> {
  const rows = await database.query({
    text: `
select ${selectList(deliveryAttemptsTable)}
from webhook_delivery_attempts
where environment_id = $1
  and delivery_id = $2
order by seq desc
limit ${ATTEMPTS_SHOWN_MAX}`,
    values: [environmentId, deliveryId],
  });
  return rows.reverse().map((row) => fromRow(deliveryAttemptsTable, row));
}
