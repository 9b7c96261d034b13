import { type EndpointDisabledReason, type Instant, isoFromInstant } from '@tollbridge/core';
import { instant, integer, nullable, text, textArray } from './column.js';
import type { Database } from './database.js';
import { type Page, type PageRequest, pageOf } from './pages.js';
import { fromRow, selectList, table } from './table.js';

/** An address of the host application that wants to be told. Secrets are sealed with the endpoint's id as their owner. */
export interface WebhookEndpoint {
  readonly environmentId: string;
  readonly id: string;
  readonly url: string;
  readonly description: string | null;
  /** Null: every type, also those that come later. */
  readonly eventTypes: string[] | null;
  readonly status: 'enabled' | 'disabled';
  readonly disabledReason: EndpointDisabledReason | null;
  readonly secretSealed: string;
  readonly previousSecretSealed: string | null;
  readonly previousSecretExpiresAt: Instant | null;
  /** Failures before this moment do not count towards switching it off. */
  readonly enabledAt: Instant;
  readonly createdAt: Instant;
  readonly version: number;
}

export const webhookEndpointsTable = table<WebhookEndpoint>(
  'webhook_endpoints',
  {
    environmentId: text(),
    id: text(),
    url: text(),
    description: nullable(text()),
    eventTypes: nullable(textArray()),
    status: text<WebhookEndpoint['status']>(),
    disabledReason: nullable(text<EndpointDisabledReason>()),
    secretSealed: text(),
    previousSecretSealed: nullable(text()),
    previousSecretExpiresAt: nullable(instant()),
    enabledAt: instant(),
    createdAt: instant(),
    version: integer(),
  },
  { key: ['environmentId', 'id'], versioned: true },
);

export async function findWebhookEndpoint(
  database: Database,
  environmentId: string,
  id: string,
): Promise<WebhookEndpoint | null> {
  const [row] = await database.query({
    name: 'find_webhook_endpoint',
    text: `select ${selectList(webhookEndpointsTable)} from webhook_endpoints where environment_id = $1 and id = $2`,
    values: [environmentId, id],
  });
  return row === undefined ? null : fromRow(webhookEndpointsTable, row);
}

export function listWebhookEndpoints(
  database: Database,
  environmentId: string,
  request: PageRequest,
): Promise<Page<WebhookEndpoint> | null> {
  return pageOf(database, webhookEndpointsTable, { environmentId, request, conditions: [] });
}

export async function countWebhookEndpoints(database: Database, environmentId: string): Promise<number> {
  const [row] = await database.query({
    text: 'select count(*)::integer as count from webhook_endpoints where environment_id = $1',
    values: [environmentId],
  });
  return row?.count as number;
}

/**
 * Since when each of these endpoints has taken nothing; those whose last answer was good are left out. The mark stands
 * beside the versioned row: many deliveries fail at once, and none of them may be sent again only because of that.
 */
export async function findFailingSince(
  database: Database,
  environmentId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Instant>> {
  const rows = await database.query({
    name: 'find_failing_since',
    text: `
select id, greatest(failing_since, enabled_at) as failing_since
from webhook_endpoints
where environment_id = $1
  and id = any($2::text[])
  and failing_since is not null`,
    values: [environmentId, [...ids]],
  });
  return new Map(rows.map((row) => [row.id as string, row.failing_since as Instant]));
}

export async function markFailing(database: Database, environmentId: string, id: string, now: Instant): Promise<void> {
  await database.query({
    name: 'mark_failing',
    text: `
update webhook_endpoints
set failing_since = $3
where environment_id = $1
  and id = $2
  and (failing_since is null or failing_since < enabled_at)`,
    values: [environmentId, id, isoFromInstant(now)],
  });
}

export async function clearFailing(database: Database, environmentId: string, id: string): Promise<void> {
  await database.query({
    name: 'clear_failing',
    text: `
update webhook_endpoints
set failing_since = null
where environment_id = $1
  and id = $2
  and failing_since is not null`,
    values: [environmentId, id],
  });
}
