import type { Connection } from '@tollbridge/core';
import type { Database } from './database.js';

/** What is going on through a connection, and stops with it. */
export interface WhatStops {
  /** Customers whose payments go through it. */
  readonly customers: number;
  /** Their finalized invoices with something left to pay, by currency. */
  readonly openInvoices: readonly OpenInvoices[];
  /** Attempts that Stripe may still bring money by: it goes on with them, and we hear of it only after a reconnect. */
  readonly paymentsUnderWay: number;
  readonly refundsPending: number;
}

export interface OpenInvoices {
  readonly currency: string;
  readonly invoices: number;
  /** Those that are collected without anybody asking. */
  readonly automatic: number;
  readonly dueMinor: bigint;
}

/** Customers who name no connection belong to the default one. */
export async function findWhatStops(
  database: Database,
  connection: Pick<Connection, 'environmentId' | 'id' | 'isDefault'>,
): Promise<WhatStops> {
  const values = [connection.environmentId, connection.id];
  const isTheirs = connection.isDefault ? '(c.connection_id = $2 or c.connection_id is null)' : 'c.connection_id = $2';
  const [counts] = await database.query({
    text: `
select
  (
    select count(*)
    from customers c
    where c.environment_id = $1
      and c.deleted_at is null
      and ${isTheirs}
  ) as customers,
  (
    select count(*)
    from payments p
    where p.environment_id = $1
      and p.connection_id = $2
      and p.status in ('creating', 'awaiting_payer', 'confirming', 'canceling', 'processing', 'requires_action')
  ) as payments_under_way,
  (
    select count(*)
    from refunds r
    where r.environment_id = $1
      and r.connection_id = $2
      and r.status = 'pending'
  ) as refunds_pending`,
    values,
  });
  const open = await database.query({
    text: `
select i.currency, count(*) as invoices, sum(i.total_minor - i.paid_minor - i.credited_minor) as due_minor,
  count(*) filter (where i.collection_method = 'charge_automatically') as automatic
from invoices i
join customers c on c.environment_id = i.environment_id
  and c.id = i.customer_id
where i.environment_id = $1
  and i.status = 'finalized'
  and ${isTheirs}
group by i.currency
order by i.currency`,
    values,
  });
  return {
    customers: Number(counts?.customers),
    openInvoices: open.map((row) => ({
      currency: row.currency as string,
      invoices: Number(row.invoices),
      automatic: Number(row.automatic),
      dueMinor: BigInt(row.due_minor as string),
    })),
    paymentsUnderWay: Number(counts?.payments_under_way),
    refundsPending: Number(counts?.refunds_pending),
  };
}
