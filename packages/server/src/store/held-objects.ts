import type { Connection } from '@tollbridge/core';
import type { Database } from './database.js';

/** Something of Stripe's that we hold, with the type of event that says to look at it. */
export interface HeldObject {
  readonly type: string;
  readonly objectId: string;
  /** Of a page of Stripe's: what it is for. */
  readonly mode: 'payment' | 'setup' | null;
}

/**
 * What we hold of a connection and Stripe may have changed without our hearing of it: customers, and attempts, pages, refunds and
 * disputes that were not over. In the order of type and id, after one of them.
 */
export async function listHeldObjects(
  database: Database,
  connection: Pick<Connection, 'environmentId' | 'id'>,
  { after, limit }: { readonly after: Pick<HeldObject, 'type' | 'objectId'> | null; readonly limit: number },
): Promise<HeldObject[]> {
  const rows = await database.query({
    text: `
with held(type, object_id, mode) as (
  select 'customer.updated', provider_customer_id, null
  from customers
  where environment_id = $1
    and connection_id = $2
    and provider_customer_id is not null
    and deleted_at is null
  union
  select 'payment_intent.processing', stripe_payment_intent_id, null
  from payments
  where environment_id = $1
    and connection_id = $2
    and stripe_payment_intent_id is not null
    and status not in ('succeeded', 'canceled')
  union
  select 'checkout.session.completed', stripe_session_id, 'payment'
  from payments
  where environment_id = $1
    and connection_id = $2
    and stripe_session_id is not null
    and status not in ('succeeded', 'canceled')
  union
  select 'checkout.session.completed', stripe_session_id, 'setup'
  from setup_sessions
  where environment_id = $1
    and connection_id = $2
    and stripe_session_id is not null
    and status in ('creating', 'open')
  union
  select 'refund.updated', stripe_refund_id, null
  from refunds
  where environment_id = $1
    and connection_id = $2
    and stripe_refund_id is not null
    and status = 'pending'
  union
  select 'charge.dispute.updated', stripe_dispute_id, null
  from disputes
  where environment_id = $1
    and connection_id = $2
    and status not in ('won', 'lost', 'warning_closed', 'prevented')
)
select type, object_id, mode
from held
where ($3::text is null or (type collate "C", object_id collate "C") > ($3 collate "C", $4 collate "C"))
order by type collate "C", object_id collate "C"
limit $5`,
    values: [connection.environmentId, connection.id, after?.type ?? null, after?.objectId ?? '', limit],
  });
  return rows.map((row) => ({
    type: row.type as string,
    objectId: row.object_id as string,
    mode: row.mode as HeldObject['mode'],
  }));
}
