import type { CreditNote, Customer, Event, Invoice, LedgerBalance, Payment, Refund } from '@tollbridge/sdk';
import type Stripe from 'stripe';
import type { Stage } from './stage.js';

/** Everything that is there at one moment, as both sides show it to those who ask by their APIs. */
export interface BothSides {
  readonly customers: readonly Customer[];
  readonly invoices: readonly Invoice[];
  readonly payments: readonly Payment[];
  readonly refunds: readonly Refund[];
  readonly creditNotes: readonly CreditNote[];
  readonly events: readonly Event[];
  readonly balances: readonly LedgerBalance[];
  readonly twins: readonly Stripe.Customer[];
  readonly intents: readonly Stripe.PaymentIntent[];
  readonly stripeRefunds: readonly Stripe.Refund[];
  readonly balanceTransactions: readonly Stripe.BalanceTransaction[];
}

const PAGE = { limit: 100 };

export async function readBothSides({ reading: { tollbridge, stripe }, connectionId }: Stage): Promise<BothSides> {
  return {
    customers: await all(tollbridge.customers.list(PAGE)),
    invoices: await all(tollbridge.invoices.list(PAGE)),
    payments: await all(tollbridge.payments.list(PAGE)),
    refunds: await all(tollbridge.refunds.list(PAGE)),
    creditNotes: await all(tollbridge.creditNotes.list(PAGE)),
    events: await all(tollbridge.events.list(PAGE)),
    balances: (await tollbridge.ledger.listBalances({ owner_id: connectionId })).data,
    twins: await all(stripe.customers.list(PAGE)),
    intents: await all(stripe.paymentIntents.list(PAGE)),
    stripeRefunds: await all(stripe.refunds.list(PAGE)),
    balanceTransactions: await all(stripe.balanceTransactions.list(PAGE)),
  };
}

export async function all<Item>(list: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of list) items.push(item);
  return items;
}
