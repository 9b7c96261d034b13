import { ApiError } from '@tollbridge/sdk';
import Stripe from 'stripe';
import type { Noun, Trace } from './book.js';
import type { Stage } from './stage.js';

/** How each noun is read by its id. */
const READERS: Readonly<Record<Noun, (reading: Stage['reading'], id: string) => Promise<{ readonly id: string }>>> = {
  customer: ({ tollbridge }, id) => tollbridge.customers.get(id),
  invoice: ({ tollbridge }, id) => tollbridge.invoices.get(id),
  payment: ({ tollbridge }, id) => tollbridge.payments.get(id),
  refund: ({ tollbridge }, id) => tollbridge.refunds.get(id),
  credit_note: ({ tollbridge }, id) => tollbridge.creditNotes.get(id),
  payment_intent: ({ stripe }, id) => stripe.paymentIntents.retrieve(id),
  stripe_refund: ({ stripe }, id) => stripe.refunds.retrieve(id),
};

const NOT_FOUND = 404;

/** What was answered and is not there any more. */
export async function findLost(stage: Stage, traces: readonly Trace[]): Promise<string[]> {
  const lost: string[] = [];
  for (const { noun, id } of traces) {
    try {
      await READERS[noun](stage.reading, id);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      lost.push(`${noun} ${id} was answered and is gone`);
    }
  }
  return lost;
}

const isNotFound = (error: unknown): boolean =>
  (error instanceof ApiError && error.status === NOT_FOUND) ||
  (error instanceof Stripe.errors.StripeError && error.statusCode === NOT_FOUND);
