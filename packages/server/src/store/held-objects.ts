import { type Connection, type Instant, isoFromInstant, type RereadStage } from '@tollbridge/core';
import type { Database } from './database.js';

/** Something of Stripe's that we hold, with the type of event that says to look at it. */
export interface HeldObject {
  readonly type: string;
  readonly objectId: string;
  /** Of a page of Stripe's: what it is for. */
  readonly mode: 'payment' | 'setup' | null;
}

export type HeldStage = Exclude<RereadStage, 'refunds_at_stripe' | 'disputes_at_stripe'>;

interface Held {
  readonly table: string;
  readonly column: string;
  /** Which of them may have changed at Stripe without our hearing of it; $5 is a moment of interest. */
  readonly condition: string;
  readonly type: string;
  readonly mode: HeldObject['mode'];
}

/** A refund that went through may come back weeks later. */
const REFUND_RETURNS_DAYS = 60;

const HELD: Readonly<Record<HeldStage, Held>> = {
  customers: {
    table: 'customers',
    column: 'provider_customer_id',
    condition: 'deleted_at is null',
    type: 'customer.updated',
    mode: null,
  },
  payments: {
    table: 'payments',
    column: 'stripe_payment_intent_id',
    condition: "status not in ('succeeded', 'canceled')",
    type: 'payment_intent.processing',
    mode: null,
  },
  payment_pages: {
    table: 'payments',
    column: 'stripe_session_id',
    condition: "status not in ('succeeded', 'canceled')",
    type: 'checkout.session.completed',
    mode: 'payment',
  },
  setup_pages: {
    table: 'setup_sessions',
    column: 'stripe_session_id',
    condition: "status in ('creating', 'open')",
    type: 'checkout.session.completed',
    mode: 'setup',
  },
  refunds: {
    table: 'refunds',
    column: 'stripe_refund_id',
    condition: `(status = 'pending' or created_at > $5::timestamptz - interval '${REFUND_RETURNS_DAYS} days')`,
    type: 'refund.updated',
    mode: null,
  },
  disputes: {
    table: 'disputes',
    column: 'stripe_dispute_id',
    condition: "status not in ('won', 'lost', 'warning_closed', 'prevented')",
    type: 'charge.dispute.updated',
    mode: null,
  },
};

/** A page of what we hold of a connection, in the order of Stripe's ids; `after` one of them. */
export async function listHeldObjects(
  database: Database,
  connection: Pick<Connection, 'environmentId' | 'id'>,
  page: { readonly stage: HeldStage; readonly after: string | null; readonly since: Instant; readonly limit: number },
): Promise<HeldObject[]> {
  const { column, condition, mode, table, type } = HELD[page.stage];
  const usesSince = condition.includes('$5');
  const rows = await database.query({
    text: `
select ${column} as object_id
from ${table}
where environment_id = $1
  and connection_id = $2
  and ${column} > $3
  and ${condition}
order by ${column}
limit $4`,
    values: [
      connection.environmentId,
      connection.id,
      page.after ?? '',
      page.limit,
      ...(usesSince ? [isoFromInstant(page.since)] : []),
    ],
  });
  return rows.map((row) => ({ type, objectId: row.object_id as string, mode }));
}
