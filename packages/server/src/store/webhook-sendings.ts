import { invariant } from '@tollbridge/core';
import { TEXTS_TOGETHER } from './asked-together.js';
import type { Database } from './database.js';
import { eventsTable, type HostEvent } from './events.js';
import { type Environment, environmentsTable } from './organizations.js';
import { fromJoinedRow, joinedList } from './table.js';
import { type WebhookDelivery, webhookDeliveriesTable } from './webhook-deliveries.js';
import { type WebhookEndpoint, webhookEndpointsTable } from './webhook-endpoints.js';

/** All that sending a delivery goes by, as it stands at one moment. */
export interface WebhookSending {
  readonly delivery: WebhookDelivery;
  readonly event: HostEvent;
  readonly environment: Environment;
  /** Null once the endpoint was deleted. */
  readonly endpoint: WebhookEndpoint | null;
}

export async function findWebhookSending(
  database: Database,
  environmentId: string,
  deliveryId: string,
): Promise<WebhookSending | null> {
  const [row] = await database.query({
    name: 'find_webhook_sending',
    together: TEXTS_TOGETHER,
    text: `
select ${joinedList(webhookDeliveriesTable, 'd')}, ${joinedList(eventsTable, 'v')},
  ${joinedList(environmentsTable, 'e')}, ${joinedList(webhookEndpointsTable, 'w')}
from webhook_deliveries d
left join events v on v.environment_id = d.environment_id
  and v.id = d.event_id
left join environments e on e.id = d.environment_id
left join webhook_endpoints w on w.environment_id = d.environment_id
  and w.id = d.endpoint_id
where d.environment_id = $1
  and d.id = $2`,
    values: [environmentId, deliveryId],
  });
  if (row === undefined) return null;
  const delivery = fromJoinedRow(webhookDeliveriesTable, row, 'd');
  const event = fromJoinedRow(eventsTable, row, 'v');
  const environment = fromJoinedRow(environmentsTable, row, 'e');
  invariant(
    delivery !== null && event !== null && environment !== null,
    'a delivery has its event and its environment',
  );
  return { delivery, event, environment, endpoint: fromJoinedRow(webhookEndpointsTable, row, 'w') };
}
