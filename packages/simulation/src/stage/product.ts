import type { Context } from '@tollbridge/server/context';
import type { JobHandlers } from '@tollbridge/server/jobs/handlers';
import type { StripeEventHandlers } from '@tollbridge/server/stripe-event-handlers';

/** What the world hands to the program before it begins: its ways outside, and who does which work. */
export interface Product {
  readonly context: Context;
  readonly jobHandlers: JobHandlers;
  readonly stripeEventHandlers: StripeEventHandlers;
}

/** Exchanges parts of the program for one seed; asked anew for each, so that nothing it remembers outlives its world. */
export type Plant = (product: Product) => Product;

/** The program as it is. */
export const asItIs: Plant = (product) => product;
