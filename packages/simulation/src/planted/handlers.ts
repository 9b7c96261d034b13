import { Changes } from '@tollbridge/server/changes';
import type { JobHandler } from '@tollbridge/server/jobs/handlers';
import type { StripeEventHandler } from '@tollbridge/server/stripe-event-handlers';
import type { Product } from '../stage/product.js';

/** The program with another handler for the events of Stripe's that it listens to. */
export const withHandlers = (
  product: Product,
  change: (handler: StripeEventHandler, type: string) => StripeEventHandler,
): Product => ({
  ...product,
  stripeEventHandlers: Object.fromEntries(
    Object.entries(product.stripeEventHandlers).map(([type, entry]) => [
      type,
      { ...entry, handler: change(entry.handler, type) },
    ]),
  ),
});

/** The program with other handlers for some kinds of job. */
export const withJob = (
  product: Product,
  kinds: readonly string[],
  change: (handler: JobHandler) => JobHandler,
): Product => ({
  ...product,
  jobHandlers: new Map(
    [...product.jobHandlers].map(([kind, handler]) => [kind, kinds.includes(kind) ? change(handler) : handler]),
  ),
});

/** An event that is taken and changes nothing. */
export const nothingOf: StripeEventHandler = async () => ({ kind: 'applied', changes: new Changes() });
