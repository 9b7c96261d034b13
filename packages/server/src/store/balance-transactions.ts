import type { Currency, Instant } from '@tollbridge/core';
import { bigint, instant, integer, nullable, text } from './column.js';
import type { Database } from './database.js';
import { table } from './table.js';

/** A balance transaction of Stripe's as it was posted, once; amounts in minor units of the settlement currency. */
export interface PostedBalanceTransaction {
  readonly environmentId: string;
  readonly connectionId: string;
  readonly stripeId: string;
  readonly type: string;
  readonly attributed: 'ours' | 'foreign';
  /** The charge, refund or dispute behind it, by Stripe's id. */
  readonly sourceId: string | null;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  readonly feeMinor: bigint;
  readonly netMinor: bigint;
  /** What it was before Stripe exchanged it; null when nothing was exchanged. */
  readonly exchangedMinor: bigint | null;
  readonly exchangedCurrency: Currency | null;
  readonly occurredAt: Instant;
  readonly postedAt: Instant;
}

export const balanceTransactionsTable = table<PostedBalanceTransaction>(
  'balance_transactions',
  {
    environmentId: text(),
    connectionId: text(),
    stripeId: text(),
    type: text(),
    attributed: text<'ours' | 'foreign'>(),
    sourceId: nullable(text()),
    currency: text<Currency>(),
    amountMinor: bigint(),
    feeMinor: bigint(),
    netMinor: bigint(),
    exchangedMinor: nullable(bigint()),
    exchangedCurrency: nullable(text<Currency>()),
    occurredAt: instant(),
    postedAt: instant(),
  },
  { key: ['environmentId', 'connectionId', 'stripeId'], versioned: false },
);

/** How far the balance of a connection was read: whole up to `seenUntil`, and a pass under way above it. */
export interface BalanceCursor {
  readonly environmentId: string;
  readonly connectionId: string;
  /** In seconds of Stripe's clock. */
  readonly seenUntil: bigint;
  /** What `seenUntil` becomes when the pass under way is through; null between passes. */
  readonly passSeenUntil: bigint | null;
  readonly passPageAfter: string | null;
  readonly lastPostedAt: Instant | null;
  readonly version: number;
}

export const balanceCursorsTable = table<BalanceCursor>(
  'balance_cursors',
  {
    environmentId: text(),
    connectionId: text(),
    seenUntil: bigint(),
    passSeenUntil: nullable(bigint()),
    passPageAfter: nullable(text()),
    lastPostedAt: nullable(instant()),
    version: integer(),
  },
  { key: ['environmentId', 'connectionId'], versioned: true },
);

/** Which of these were posted before. */
export async function findPostedBalanceTransactions(
  database: Database,
  environmentId: string,
  { connectionId, stripeIds }: { readonly connectionId: string; readonly stripeIds: readonly string[] },
): Promise<ReadonlySet<string>> {
  if (stripeIds.length === 0) return new Set();
  const rows = await database.query({
    name: 'find_posted_balance_transactions',
    text: `
select stripe_id
from balance_transactions
where environment_id = $1
  and connection_id = $2
  and stripe_id = any($3::text[])`,
    values: [environmentId, connectionId, [...stripeIds]],
  });
  return new Set(rows.map((row) => row.stripe_id as string));
}

/** Which of these intents of Stripe's belong to payments of ours. */
export async function findKnownIntents(
  database: Database,
  environmentId: string,
  { connectionId, intentIds }: { readonly connectionId: string; readonly intentIds: readonly string[] },
): Promise<ReadonlySet<string>> {
  if (intentIds.length === 0) return new Set();
  const rows = await database.query({
    name: 'find_known_intents',
    text: `
select stripe_payment_intent_id
from payments
where environment_id = $1
  and connection_id = $2
  and stripe_payment_intent_id = any($3::text[])`,
    values: [environmentId, connectionId, [...intentIds]],
  });
  return new Set(rows.map((row) => row.stripe_payment_intent_id as string));
}
