import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import type { Work } from '../../work.js';
import type { PaymentMethodObject } from '../payment-methods/payment-method.js';

export const setupAttempts = defineCollection<Stripe.SetupAttempt>({ type: 'setup_attempt', prefix: 'setatt' });

export type AttemptStatus = 'requires_action' | 'succeeded' | 'failed';

export interface SetupTry {
  readonly intentId: string;
  readonly customer: string | null;
  readonly usage: string;
  readonly method: PaymentMethodObject;
  readonly status: AttemptStatus;
  readonly error: Stripe.SetupIntent.LastSetupError | null;
}

/** Puts what one confirmation of a set-up came to, and gives its id. */
export const putSetupAttempt = (work: Work, setupTry: SetupTry): string => {
  const { method } = setupTry;
  const attempt: Stripe.SetupAttempt = {
    id: work.newId('setatt'),
    object: 'setup_attempt',
    application: null,
    created: work.now,
    customer: setupTry.customer,
    customer_account: null,
    flow_directions: null,
    livemode: work.account.livemode,
    on_behalf_of: null,
    payment_method: method.id,
    payment_method_details: detailsOf(method),
    setup_error: setupTry.error,
    setup_intent: setupTry.intentId,
    status: setupTry.status,
    usage: setupTry.usage,
  };
  return work.put(setupAttempts, attempt).id;
};

const detailsOf = (method: PaymentMethodObject): Stripe.SetupAttempt.PaymentMethodDetails => {
  const { card } = method;
  if (card === undefined) return { type: method.type };
  const { brand, checks, country, exp_month, exp_year, fingerprint, funding, last4 } = card;
  return {
    type: 'card',
    card: {
      brand,
      checks,
      country,
      exp_month,
      exp_year,
      fingerprint: fingerprint ?? null,
      funding,
      last4,
      network: brand,
      three_d_secure: null,
      wallet: null,
    },
  };
};
