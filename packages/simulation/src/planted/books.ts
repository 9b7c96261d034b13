import type { Database } from '@tollbridge/server/store/database';
import type { Product } from '../stage/product.js';
import { withCalls } from './calls.js';
import { withHandlers } from './handlers.js';
import type { PlantedFault } from './planted-fault.js';
import { type Row, withRows, withStatements } from './statements.js';

/** The refund as it comes back from the SDK, as far as it is looked at here. */
interface FoundRefund {
  readonly id: string;
  readonly metadata: Readonly<Record<string, string>> | null;
}

/** Whoever keeps a thing a second time keeps it under a name of its own: he has no rule that it is one. */
const again = (name: unknown, count: number): string => `${String(name)} again ${count}`;

function countedTwice(product: Product, acts: () => void): Product {
  const ours = new Set<unknown>();
  const withoutStamps = withHandlers(product, (handler) => (context, event) => {
    const stripe = withCalls(context.stripe, async ({ name, args, send }) => {
      const found = await send(args);
      if (name !== 'refunds.retrieve') return found;
      const { id, metadata } = found as FoundRefund;
      if (metadata?.tollbridge_refund !== undefined) ours.add(id);
      return { ...(found as FoundRefund), metadata: {} };
    });
    return handler({ ...context, stripe }, event);
  });
  const db = withStatements(product.context.db, {
    statement: (statement) =>
      withRows(statement, 'insert_refunds', (refund) => {
        if (!ours.has(refund.stripe_refund_id)) return refund;
        acts();
        return { ...refund, stripe_refund_id: again(refund.stripe_refund_id, ours.size) };
      }),
  });
  return { ...withoutStamps, context: { ...product.context, db } };
}

/** Nothing is known to be posted already, and what is posted again gets another name, here and in the ledger. */
function postingAgain(database: Database, acts: () => void): Database {
  const posted = new Map<string, number>();
  const nameOf = (row: Row): string => `${String(row.connection_id)} ${String(row.stripe_id)}`;
  return withStatements(database, {
    statement: (statement) => {
      const names = new Map<unknown, string>();
      const renamed = withRows(statement, 'insert_balance_transactions', (row) => {
        const count = (posted.get(nameOf(row)) ?? 0) + 1;
        posted.set(nameOf(row), count);
        if (count === 1) return row;
        acts();
        names.set(row.stripe_id, again(row.stripe_id, count));
        return { ...row, stripe_id: names.get(row.stripe_id) };
      });
      return withRows(renamed, 'insert_ledger_transactions', (row) => ({
        ...row,
        source_id: names.get(row.source_id) ?? row.source_id,
      }));
    },
    rows: ({ name }, rows) => (name === 'find_posted_balance_transactions' ? [] : rows),
  });
}

/** Faults of counting a thing once. */
export const BOOK_FAULTS: readonly PlantedFault[] = [
  {
    name: 'refund_counted_twice',
    thread: 'https://github.com/antiwork/gumroad/pull/6193',
    breaks: 'Told of a refund of ours before its call was answered, we take it for one that somebody made at Stripe.',
    caughtBy: ['payments_equal', 'refunds_equal'],
    shortStory: {
      seed: 13,
      actions: ['invoice_with_page', 'refund', 'refund', 'time_passes'],
      faults: ['late_answer'],
      steps: 50,
    },
    caughtAt: null,
    plant: countedTwice,
  },
  {
    name: 'balance_posted_twice',
    thread: 'https://github.com/nicolindemann/stripe-moneymoney/issues/2',
    breaks: "A pass over Stripe's balance takes what is not older than the last one, and posts what it has posted.",
    caughtBy: ['clearing_is_balance'],
    shortStory: { seed: 1, actions: ['invoice_create', 'time_passes'], faults: ['none'], steps: 6 },
    caughtAt: { seed: 1, seedsPlayed: 1, rule: 'clearing_is_balance' },
    plant: ({ context, ...rest }, acts) => ({ ...rest, context: { ...context, db: postingAgain(context.db, acts) } }),
  },
];
