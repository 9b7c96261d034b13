import { BALANCE_TRANSACTION_PLACES } from '@tollbridge/core';
import type { Database } from './database.js';

/** What the books promise (INV-9), each with the sentence that a person reads when it does not hold. */
export const LEDGER_IDENTITIES = {
  transactions_balance: 'Every transaction sums to zero in each currency.',
  receivable: "A customer's receivable is what is due on his open invoices.",
  stripe_clearing: "A connection's clearing is the sum of Stripe's balance transactions.",
  balance_transactions_once: "Each of Stripe's balance transactions that moves something is posted exactly once.",
  payments_in_transit:
    "A connection's money in transit is what its payments brought, less what its refunds took and Stripe's balance shows.",
  refunds_payable: "A connection's refunds payable are its pending refunds.",
  overpayments: "A customer's overpayments are what he paid too much or was credited, less what went back of it.",
  invoice_paid: 'What an invoice counts as paid is what its payments brought it.',
  payment_refunded: 'What a payment counts as refunded is what its refunds took out of it.',
} as const;

export type LedgerIdentity = keyof typeof LEDGER_IDENTITIES;

/** One identity that does not hold, for one owner and currency: what the rows say and what the books say. */
export interface LedgerViolation {
  readonly identity: LedgerIdentity;
  readonly environmentId: string;
  /** The customer, connection, transaction, invoice, payment or balance transaction it is about. */
  readonly subjectId: string;
  readonly currency: string | null;
  readonly expectedMinor: bigint;
  readonly actualMinor: bigint;
}

/** Enough to see what is wrong; a broken book has many more. */
export const VIOLATIONS_MAX = 100;

/**
 * Compares the books with the rows they tell of, in one statement, so that both are seen at one moment. Empty when every
 * identity holds. `environmentId` null looks at all environments.
 */
export async function checkLedger(database: Database, environmentId: string | null): Promise<LedgerViolation[]> {
  const rows = await database.query({
    name: 'check_ledger',
    text: CHECK,
    values: [environmentId],
  });
  return rows.map((row) => ({
    identity: row.identity as LedgerIdentity,
    environmentId: row.environment_id as string,
    subjectId: row.subject_id as string,
    currency: row.currency as string | null,
    expectedMinor: row.expected as bigint,
    actualMinor: row.actual as bigint,
  }));
}

/** Two sums by environment, owner and currency that must be the same, on either side missing for zero. */
const compared = (identity: LedgerIdentity, expected: string, actual: string): string => `
select '${identity}' as identity, environment_id, subject_id, currency,
  coalesce(e.minor, 0)::bigint as expected, coalesce(a.minor, 0)::bigint as actual
from (${expected}) e
full join (${actual}) a using (environment_id, subject_id, currency)
where coalesce(e.minor, 0) <> coalesce(a.minor, 0)`;

/** The balance of an account by owner, on its normal side. */
const balanceOf = (account: string, sign: 1 | -1): string => `
  select environment_id, owner_id as subject_id, currency, sum(amount_minor) * ${sign} as minor
  from ledger_entries
  where account = '${account}'
    and ($1::text is null or environment_id = $1)
  group by environment_id, owner_id, currency`;

const summed = (of: {
  readonly table: string;
  readonly owner: string;
  readonly minor: string;
  readonly where: string;
}): string => `
  select environment_id, ${of.owner} as subject_id, currency, sum(${of.minor}) as minor
  from ${of.table}
  where ${of.where}
    and ($1::text is null or environment_id = $1)
  group by environment_id, ${of.owner}, currency`;

const OPEN_INVOICES = summed({
  table: 'invoices',
  owner: 'customer_id',
  minor: 'total_minor - paid_minor - credited_minor',
  where: `status = 'finalized'`,
});

const BALANCE_TRANSACTIONS = summed({
  table: 'balance_transactions',
  owner: 'connection_id',
  minor: 'net_minor',
  where: 'true',
});

/** The types of Stripe's transactions that end a transit, from the same table that the postings are made by. */
const IN_TRANSIT_TYPES = Object.entries(BALANCE_TRANSACTION_PLACES)
  .filter(([, place]) => place === 'payments_in_transit')
  .map(([type]) => `'${type}'`)
  .join(', ');

/** In the currency of the payment, which is not the one that Stripe may have exchanged it into. */
const IN_TRANSIT = `
  select environment_id, connection_id as subject_id, currency, sum(minor) as minor
  from (
    select environment_id, connection_id, currency, amount_minor as minor
    from payments
    where status = 'succeeded'
      and connection_id is not null
    union all
    select environment_id, connection_id, currency, -amount_minor
    from refunds
    where status = 'succeeded'
    union all
    select environment_id, connection_id, coalesce(exchanged_currency, currency), -coalesce(exchanged_minor, amount_minor)
    from balance_transactions
    where attributed = 'ours'
      and type in (${IN_TRANSIT_TYPES})
  ) in_transit
  where $1::text is null or environment_id = $1
  group by environment_id, connection_id, currency`;

const PENDING_REFUNDS = summed({
  table: 'refunds',
  owner: 'connection_id',
  minor: 'amount_minor',
  where: `status = 'pending'`,
});

const OVERPAID = `
  select environment_id, customer_id as subject_id, currency, sum(minor) as minor
  from (
    select environment_id, customer_id, currency, amount_minor - applied_minor as minor
    from payments
    where status = 'succeeded'
    union all
    select environment_id, customer_id, currency, refund_minor + credit_minor
    from credit_notes
    union all
    select environment_id, customer_id, currency, -from_overpayment_minor
    from refunds
    where status in ('pending', 'succeeded')
  ) overpaid
  where $1::text is null or environment_id = $1
  group by environment_id, customer_id, currency`;

const UNBALANCED = `
select 'transactions_balance' as identity, environment_id, transaction_id as subject_id, currency,
  0::bigint as expected, sum(amount_minor)::bigint as actual
from ledger_entries
where $1::text is null or environment_id = $1
group by environment_id, transaction_id, currency
having sum(amount_minor) <> 0`;

const NOT_ONCE = `
select 'balance_transactions_once' as identity, environment_id, subject_id, null::text as currency,
  coalesce(e.times, 0)::bigint as expected, coalesce(a.times, 0)::bigint as actual
from (
  select environment_id, stripe_id as subject_id, count(*) as times
  from balance_transactions
  where amount_minor <> 0 or fee_minor <> 0
  group by environment_id, stripe_id
) e
full join (
  select environment_id, source_id as subject_id, count(*) as times
  from ledger_transactions
  where kind = 'balance_transaction_posted'
  group by environment_id, source_id
) a using (environment_id, subject_id)
where ($1::text is null or environment_id = $1)
  and coalesce(e.times, 0) <> coalesce(a.times, 0)`;

const PAID = compared(
  'invoice_paid',
  summed({
    table: 'payments',
    owner: 'invoice_id',
    minor: 'applied_minor',
    where: `status = 'succeeded' and applied_minor <> 0`,
  }),
  summed({ table: 'invoices', owner: 'id', minor: 'paid_minor', where: 'paid_minor <> 0' }),
);

const REFUNDED = compared(
  'payment_refunded',
  summed({ table: 'refunds', owner: 'payment_id', minor: 'amount_minor', where: `status in ('pending', 'succeeded')` }),
  summed({ table: 'payments', owner: 'id', minor: 'refunded_minor', where: 'refunded_minor <> 0' }),
);

const CHECK = `
select *
from (
${[
  UNBALANCED,
  compared('receivable', OPEN_INVOICES, balanceOf('receivable', 1)),
  compared('stripe_clearing', BALANCE_TRANSACTIONS, balanceOf('stripe_clearing', 1)),
  NOT_ONCE,
  compared('payments_in_transit', IN_TRANSIT, balanceOf('payments_in_transit', 1)),
  compared('refunds_payable', PENDING_REFUNDS, balanceOf('refunds_payable', -1)),
  compared('overpayments', OVERPAID, balanceOf('overpayments', -1)),
  PAID,
  REFUNDED,
].join('\nunion all\n')}
) violations
order by identity, environment_id, subject_id, currency
limit ${VIOLATIONS_MAX}`;
