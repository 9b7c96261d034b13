import Stripe from 'stripe';
import { TestRunner } from 'vitest';
import { clockArrived } from './clock-arrival.js';
import type { CheckedAnswer } from './contract-misfits.js';

type Cleaning = (stripe: Stripe, id: string) => Promise<unknown>;

/**
 * What an account may have few of, or once by its name, by the call that makes it. Customers, payments and prices may stay:
 * Stripe keeps any number of them, and most cannot be removed.
 */
const cleanings: Readonly<Record<string, Cleaning>> = {
  '/v1/billing/meters': (stripe, id) => stripe.billing.meters.deactivate(id),
  '/v1/coupons': (stripe, id) => stripe.coupons.del(id),
  '/v1/promotion_codes': (stripe, id) => stripe.promotionCodes.update(id, { active: false }),
  '/v1/tax_ids': (stripe, id) => stripe.taxIds.del(id),
  '/v1/test_helpers/test_clocks': async (stripe, id) => {
    await clockArrived(stripe, id);
    await stripe.testHelpers.testClocks.del(id);
  },
  '/v1/webhook_endpoints': (stripe, id) => stripe.webhookEndpoints.del(id),
  '/v2/core/event_destinations': (stripe, id) => stripe.v2.core.eventDestinations.del(id),
};

/** Removes what tests made in an account that is not theirs alone: when the test is over, or what stood before it, at the end. */
export class Leftovers {
  readonly #stripe: Stripe;
  readonly #ofTheFile: (() => Promise<void>)[] = [];

  constructor(stripe: Stripe) {
    this.#stripe = stripe;
  }

  look({ method, url, status, content }: Omit<CheckedAnswer, 'version'>): void {
    const clean = method === 'POST' && status === 200 ? cleanings[url.split('?')[0] ?? ''] : undefined;
    if (clean === undefined) return;
    const doing = (): Promise<void> => this.#clean(clean, (content as { id: string }).id);
    const test = TestRunner.getCurrentTest();
    if (test === undefined) this.#ofTheFile.push(doing);
    else test.context.onTestFinished(doing);
  }

  async end(): Promise<void> {
    for (const doing of this.#ofTheFile.splice(0).reverse()) await doing();
  }

  /** Many a test removes by itself what it made. */
  async #clean(clean: Cleaning, id: string): Promise<void> {
    try {
      await clean(this.#stripe, id);
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
    }
  }
}
