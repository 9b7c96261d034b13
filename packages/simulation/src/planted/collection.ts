import { err } from '@tollbridge/core';
import type { Database } from '@tollbridge/server/store/database';
import { outcomeUnknown, type StripeGateway } from '@tollbridge/server/stripe/gateway';
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
    caughtAt: null,
    plant: ({ context, ...rest }) => ({ ...rest, context: { ...context, stripe: silenceIsRefusal(context.stripe) } }),
  },
  {
    name: 'page_and_automatic_charge',
    thread: 'https://github.com/getlago/lago-api/pull/5708',
    breaks: 'A page on which the payer can pay does not count as an attempt: the invoice is charged beside it.',
    caughtBy: ['charged_at_most_once', 'charges_are_explained', 'nothing_alive_for_ended'],
    caughtAt: null,
    plant: ({ context, ...rest }) => ({ ...rest, context: { ...context, db: withoutPages(context.db) } }),
  },
  {
    name: 'disabled_connection_charges',
    thread: 'https://github.com/Automattic/woocommerce-payments/issues/5090',
    breaks: 'Whether a connection is switched on is not looked at by those who charge through it.',
    caughtBy: ['charge_was_wanted'],
    caughtAt: null,
    plant: (product) =>
      withJob(product, MONEY_JOBS, (handler) => (context, job) => {
        const rows = ({ name = '' }, found: Row[]) =>
          name.startsWith('find_connection') ? found.map((row) => ({ ...row, enabled: true })) : found;
        return handler({ ...context, db: withStatements(context.db, { rows }) }, job);
      }),
  },
  {
    name: 'yen_counted_in_hundredths',
    thread: 'https://github.com/Paymenter/Paymenter/issues/1258',
    breaks: 'Every amount is sent to Stripe in hundredths, of currencies too that have none.',
    caughtBy: ['charged_at_most_once', 'charges_are_explained'],
    caughtAt: { seed: 1, steps: 41 },
    plant: ({ context, ...rest }) => {
      const stripe = withCalls(context.stripe, ({ name, args, send }) => {
        const [asked, ...more] = args;
        const { amount, currency } = (asked ?? {}) as { readonly amount?: number; readonly currency?: string };
        const isYen = name === 'paymentIntents.create' && currency === 'jpy' && amount !== undefined;
        return send(isYen ? [{ ...(asked as object), amount: amount * 100 }, ...more] : args);
      });
      return { ...rest, context: { ...context, stripe } };
    },
  },
];

function silenceIsRefusal(stripe: StripeGateway): StripeGateway {
  return {
    verify: (options) => stripe.verify(options),
    async call(access, use) {
      let isCharge = false;
      const noting = withCalls(stripe, ({ name, args, send }) => {
        isCharge = name === 'paymentIntents.create';
        return send(args);
      });
      const answer = await noting.call(access, use);
      if (answer.ok || !isCharge || !outcomeUnknown(answer.error)) return answer;
      return err({ ...answer.error, kind: 'declined', code: 'api_connection_error', paymentIntent: null });
    },
  };
}

/** No page that waits for its payer is found among an invoice's attempts, nor as the one that holds it. */
function withoutPages(database: Database): Database {
  /** By invoice: the attempt that holds it, as it was told to whoever read it last. */
  const told = new Map<unknown, unknown>();
  return withStatements(database, {
    async rows({ name }, rows) {
      if (name === 'list_payments_of_invoice')
        return rows.filter((payment) => !isPage(payment) || told.get(payment.invoice_id) === payment.id);
      const [invoice] = rows;
      if (name !== 'find_invoice' || invoice === undefined) return rows;
      const [open] = await database.query({
        text: 'select kind, status from payments where environment_id = $1 and id = $2',
        values: [invoice.environment_id, invoice.open_payment_id],
      });
      const holder = open !== undefined && isPage(open) ? null : invoice.open_payment_id;
      told.set(invoice.id, holder);
      return [{ ...invoice, open_payment_id: holder }];
    },
  });
}

const isPage = ({ kind, status }: Row): boolean => kind === 'hosted' && status === 'awaiting_payer';
