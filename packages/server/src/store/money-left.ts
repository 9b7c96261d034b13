import { CURRENCIES, type Instant, isoFromInstant, type Payment, type Refund, unitAtStripe } from '@tollbridge/core';
import type { Database } from './database.js';

export interface MoneyLeftRequest {
  /** A dead letter rests until it is older than this; whatever has none comes first, so that nobody starves. */
  readonly deadBefore: Instant;
  readonly limit: number;
}

export interface RefundLeft extends Pick<Refund, 'environmentId' | 'id' | 'paymentId' | 'connectionId'> {
  /** The dead letter that stands for it; null when it has no job at all. */
  readonly deadJobId: string | null;
}

export interface PaymentLeft extends Pick<Payment, 'environmentId' | 'id' | 'invoiceId' | 'connectionId'> {
  readonly deadJobId: string | null;
}

/** Refunds that Stripe may not have heard of and nobody works on, in all environments. */
export async function listRefundsLeft(database: Database, request: MoneyLeftRequest): Promise<RefundLeft[]> {
  const rows = await database.query({
    name: 'list_refunds_left',
    text: `
select r.environment_id, r.id, r.payment_id, r.connection_id, j.id as dead_job_id
from refunds r
join environments e on e.id = r.environment_id
  and e.deleted_at is null
left join jobs j on j.environment_id = r.environment_id
  and j.id = regexp_replace(r.id, '^[a-z]+_', 'job_')
where r.status = 'pending'
  and r.stripe_refund_id is null
  and (j.id is null or j.dead_at <= $1::timestamptz)
order by j.dead_at nulls first, r.seq
limit $2`,
    values: [isoFromInstant(request.deadBefore), request.limit],
  });
  return rows.map((row) => ({
    environmentId: row.environment_id as string,
    id: row.id as string,
    paymentId: row.payment_id as string,
    connectionId: row.connection_id as string,
    deadJobId: row.dead_job_id as string | null,
  }));
}

/** Where our minor unit is smaller than what Stripe can move. */
const COARSE_CURRENCIES = CURRENCIES.filter((currency) => unitAtStripe(currency) > 1n);
const COARSE_UNITS = COARSE_CURRENCIES.map(unitAtStripe);

/**
 * Payments with money that no invoice needed, of which not all that Stripe can move is on its way back, and nobody works on
 * it. Where Stripe refused to give it back, a person has been told and decides: it is not asked again and again.
 */
export async function listExcessLeft(database: Database, request: MoneyLeftRequest): Promise<PaymentLeft[]> {
  const rows = await database.query({
    name: 'list_excess_left',
    text: `
select p.environment_id, p.id, p.invoice_id, p.connection_id, d.id as dead_job_id
from payments p
join environments e on e.id = p.environment_id
  and e.deleted_at is null
${newestDeadLetter('refund_payment')}
where p.status = 'succeeded'
  and p.kind <> 'offline'
  and p.amount_minor > p.applied_minor
  and p.amount_minor - p.applied_minor - (
    select coalesce(sum(r.from_overpayment_minor), 0)
    from refunds r
    where r.environment_id = p.environment_id
      and r.payment_id = p.id
      and r.credit_note_id is null
      and r.status in ('pending', 'succeeded')
  ) >= coalesce((
    select coarse.unit
    from unnest($3::text[], $4::bigint[]) coarse (currency, unit)
    where coarse.currency = p.currency
  ), 1)
  and not exists (
    select 1
    from refunds r
    where r.environment_id = p.environment_id
      and r.payment_id = p.id
      and r.origin = 'automatic'
      and r.status in ('failed', 'canceled')
  )
  and not exists (
    select 1
    from jobs j
    where j.environment_id = p.environment_id
      and j.key = 'invoice ' || p.invoice_id
      and j.dead_at is null
      and j.kind = 'refund_payment'
      and j.payload ->> 'paymentId' = p.id
  )
  and (d.id is null or d.dead_at <= $1::timestamptz)
order by d.dead_at nulls first, p.seq
limit $2`,
    values: [isoFromInstant(request.deadBefore), request.limit, COARSE_CURRENCIES, COARSE_UNITS],
  });
  return rows.map(paymentLeft);
}

/**
 * Attempts at written off invoices with a call to Stripe that was committed to and never answered, and that nobody works
 * on. Those of finalized ones are found with their invoices (`listInvoicesLeft`).
 */
export async function listUnansweredLeft(database: Database, limit: number): Promise<PaymentLeft[]> {
  const rows = await database.query({
    name: 'list_unanswered_left',
    text: `
select p.environment_id, p.id, p.invoice_id, p.connection_id, null as dead_job_id
from payments p
join invoices i on i.environment_id = p.environment_id
  and i.open_payment_id = p.id
  and i.id = p.invoice_id
join connections k on k.environment_id = p.environment_id
  and k.id = p.connection_id
join environments e on e.id = p.environment_id
  and e.deleted_at is null
where p.status in ('creating', 'confirming', 'canceling')
  and i.status = 'uncollectible'
  and k.status <> 'disconnected'
  and not exists (
    select 1
    from jobs j
    where j.environment_id = p.environment_id
      and j.key = 'invoice ' || p.invoice_id
      and j.dead_at is null
  )
order by p.seq
limit $1`,
    values: [limit],
  });
  return rows.map(paymentLeft);
}

/**
 * Attempts that must not bring money any more and that nobody withdraws: their invoice wants none, or was freed of them
 * while the connection was lost. An intent that a failed attempt left behind at Stripe is one of them.
 */
export async function listWithdrawalsLeft(database: Database, request: MoneyLeftRequest): Promise<PaymentLeft[]> {
  const rows = await database.query({
    name: 'list_withdrawals_left',
    text: `
select p.environment_id, p.id, p.invoice_id, p.connection_id, d.id as dead_job_id
from payments p
join invoices i on i.environment_id = p.environment_id
  and i.id = p.invoice_id
join environments e on e.id = p.environment_id
  and e.deleted_at is null
${newestDeadLetter('withdraw_payment')}
where p.status in ('creating', 'awaiting_payer', 'confirming', 'canceling', 'requires_action', 'failed')
  and (
    i.status in ('paid', 'void')
    or (p.status <> 'failed' and i.open_payment_id is distinct from p.id)
  )
  and (p.status <> 'failed' or (p.kind = 'automatic' and p.stripe_payment_intent_id is not null))
  and not exists (
    select 1
    from jobs j
    where j.environment_id = p.environment_id
      and j.key in ('payment ' || p.id, 'invoice ' || p.invoice_id)
      and j.dead_at is null
  )
  and (d.id is null or d.dead_at <= $1::timestamptz)
order by d.dead_at nulls first, p.seq
limit $2`,
    values: [isoFromInstant(request.deadBefore), request.limit],
  });
  return rows.map(paymentLeft);
}

const newestDeadLetter = (kind: 'refund_payment' | 'withdraw_payment'): string => `left join lateral (
  select j.id, j.dead_at
  from jobs j
  where j.environment_id = p.environment_id
    and j.dead_at is not null
    and j.kind = '${kind}'
    and j.payload ->> 'paymentId' = p.id
  order by j.dead_at desc
  limit 1
) d on true`;

const paymentLeft = (row: Record<string, unknown>): PaymentLeft => ({
  environmentId: row.environment_id as string,
  id: row.id as string,
  invoiceId: row.invoice_id as string,
  connectionId: row.connection_id as string | null,
  deadJobId: row.dead_job_id as string | null,
});
