import type { Database } from './database.js';

/** Objects of a customer whose history named him: ours, and Stripe's. */
export interface CustomerTraces {
  readonly environmentId: string;
  readonly objectIds: readonly string[];
  readonly stripeObjectIds: readonly string[];
}

const BATCH_MAX = 500;
const BATCHES_MAX = 200;

/**
 * Blanks what past events and kept events of Stripe's say about an erased customer; that they happened, and in which
 * order, stays. Doing it twice changes nothing more. False when there is still more to do.
 */
export async function blankCustomerTraces(database: Database, traces: CustomerTraces): Promise<boolean> {
  const { environmentId, objectIds, stripeObjectIds } = traces;
  for (let batch = 0; batch < BATCHES_MAX; batch++) {
    const told = await database.query({
      name: 'blank_events_of_customer',
      text: `
update events
set data = jsonb_build_object('object', jsonb_build_object('object', object_kind, 'id', object_id, 'erased', true))
where environment_id = $1
  and id in (
    select id
    from events
    where environment_id = $1
      and object_id = any($2::text[])
      and not coalesce((data -> 'object' ->> 'erased')::boolean, false)
    limit $3
  )
returning 1`,
      values: [environmentId, [...objectIds], BATCH_MAX],
    });
    const heard = await database.query({
      name: 'blank_stripe_events_of_customer',
      text: `
update stripe_events
set payload = jsonb_set(payload, '{data}', jsonb_build_object('object', jsonb_build_object(
  'id', object_id,
  'object', payload -> 'data' -> 'object' -> 'object',
  'erased', true
)))
where environment_id = $1
  and id in (
    select id
    from stripe_events
    where environment_id = $1
      and object_id = any($2::text[])
      and status <> 'pending'
      and not coalesce((payload -> 'data' -> 'object' ->> 'erased')::boolean, false)
    limit $3
  )
returning 1`,
      values: [environmentId, [...stripeObjectIds], BATCH_MAX],
    });
    if (told.length + heard.length === 0) return true;
  }
  return false;
}
