import { err } from '@tollbridge/core';
import { collectInvoiceJob } from '@tollbridge/server/collection/collection-jobs';
import type { Database, Statement } from '@tollbridge/server/store/database';
import { outcomeUnknown, type StripeGateway } from '@tollbridge/server/stripe/gateway';
import type { Product } from '../stage/product.js';
import { rowsOfClause } from '../stage/statement-shape.js';
import { withCalls } from './calls.js';
import { withJob } from './handlers.js';
import type { PlantedFault } from './planted-fault.js';
import { type Row, withStatements } from './statements.js';

const MONEY_JOBS = ['collect_invoice', 'collect_customer', 'carry_out_payment'];

/** Faults of bringing in what an invoice asks for. */
export const COLLECTION_FAULTS: readonly PlantedFault[] = [
  {
    name: 'retry_after_unknown_outcome',
    thread: 'https://github.com/woocommerce/woocommerce-gateway-stripe/pull/3725',
    breaks: 'A charge that was never answered counts as refused, and the next attempt is made in its place.',
    caughtBy: ['charged_at_most_once', 'charges_are_explained'],
    shortStory: { seed: 6, actions: ['invoice_create'], faults: ['cut_after'], steps: 30 },
    caughtAt: null,
    plant: silenceIsRefusal,
  },
  {
    name: 'page_and_automatic_charge',
    thread: 'https://github.com/getlago/lago-api/pull/5708',
    breaks: 'A page on which the payer can pay does not count as an attempt: the invoice is charged beside it.',
    caughtBy: ['charged_at_most_once', 'charges_are_explained'],
    shortStory: { seed: 13, actions: ['invoice_with_page'], faults: ['none'], steps: 30 },
    caughtAt: { seed: 2, seedsPlayed: 2, rule: 'charged_at_most_once' },
    plant: ({ context, ...rest }, acts) => ({ ...rest, context: { ...context, db: withoutPages(context.db, acts) } }),
  },
  {
    name: 'disabled_connection_charges',
    thread: 'https://github.com/Automattic/woocommerce-payments/issues/5090',
    breaks: 'Whether a connection is switched on is not looked at by those who charge through it.',
    caughtBy: ['charge_was_wanted'],
    shortStory: { seed: 19, actions: ['invoice_create', 'connection_switch'], faults: ['none'], steps: 40 },
    caughtAt: { seed: 6, seedsPlayed: 6, rule: 'charge_was_wanted' },
    plant: (product, acts) =>
      withJob(product, MONEY_JOBS, (handler) => (context, job) => {
        const on = (row: Row): Row => {
          if (row.enabled === false) acts();
          return { ...row, enabled: true };
        };
        const rows = ({ name = '' }: Statement, found: Row[]) =>
          name.startsWith('find_connection') ? found.map(on) : found;
        return handler({ ...context, db: withStatements(context.db, { rows }) }, job);
      }),
  },
  {
    name: 'yen_counted_in_hundredths',
    thread: 'https://github.com/Paymenter/Paymenter/issues/1258',
    breaks: 'Every amount is sent to Stripe in hundredths, of currencies too that have none.',
    caughtBy: ['charged_at_most_once', 'charges_are_explained'],
    shortStory: { seed: 2, actions: ['invoice_create'], faults: ['none'], steps: 30 },
    caughtAt: { seed: 3, seedsPlayed: 3, rule: 'charged_at_most_once' },
    plant: ({ context, ...rest }, acts) => {
      const stripe = withCalls(context.stripe, ({ name, args, send }) => {
        const [asked, ...more] = args;
        const { amount, currency } = (asked ?? {}) as { readonly amount?: number; readonly currency?: string };
        if (name !== 'paymentIntents.create' || currency !== 'jpy' || amount === undefined) return send(args);
        acts();
        return send([{ ...(asked as object), amount: amount * 100 }, ...more]);
      });
      return { ...rest, context: { ...context, stripe } };
    },
  },
];

/** Whoever got no answer tries again at once, as a shopper presses the button again when his page does not load. */
function silenceIsRefusal(product: Product, acts: () => void): Product {
  return withJob(product, MONEY_JOBS, (handler) => async (context, job) => {
    let isSilent = false;
    const stripe = refusing(context.stripe, () => {
      isSilent = true;
    });
    const result = await handler({ ...context, stripe }, job);
    if (!isSilent || result.kind !== 'done') return result;
    acts();
    const of = { ...job, invoiceId: String(job.payload.invoiceId) };
    return { ...result, changes: result.changes.enqueue(collectInvoiceJob(context, of, 'asked')) };
  });
}

function refusing(stripe: StripeGateway, onSilence: () => void): StripeGateway {
  return {
    ...stripe,
    async call(access, use) {
      let isCharge = false;
      const noting = withCalls(stripe, ({ name, args, send }) => {
        isCharge = name === 'paymentIntents.create';
        return send(args);
      });
      const answer = await noting.call(access, use);
      if (answer.ok || !isCharge || !outcomeUnknown(answer.error)) return answer;
      onSilence();
      return err({ ...answer.error, kind: 'declined', code: 'api_connection_error', paymentIntent: null });
    },
  };
}

/** A page that has opened holds its invoice no more: who looks for what is to be charged finds the invoice free. */
function withoutPages(database: Database, acts: () => void): Database {
  return withStatements(database, {
    async rows(statement, rows) {
      const pages = rowsOfClause(statement, 'update_payments').filter(isPage);
      if (pages.length === 0) return rows;
      acts();
      await database.query({
        text: 'update invoices set open_payment_id = null where environment_id = $1 and open_payment_id = any($2::text[])',
        values: [pages[0]?.environment_id, pages.map(({ id }) => id)],
      });
      return rows;
    },
  });
}

const isPage = ({ kind, status }: Row): boolean => kind === 'hosted' && status === 'awaiting_payer';
