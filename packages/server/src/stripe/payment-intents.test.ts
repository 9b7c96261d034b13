import { expect, test } from 'vitest';
import type { Stripe } from './gateway.js';
import { intentFromStripe, paymentErrorFromFailure } from './payment-intents.js';

/** As Stripe tells of a failed attempt: with the whole method in it, its owner and his address (docs.stripe.com/api/errors). */
const LAST_PAYMENT_ERROR = {
  type: 'card_error',
  code: 'card_declined',
  decline_code: 'generic_decline',
  advice_code: 'try_again_later',
  message: 'The card of ada@example.com was declined (key sk_test_51Hx****wxyz, pi_3Mabc_secret_Xyz123).',
  doc_url: 'https://docs.stripe.com/error-codes/card-declined',
  request_log_url: 'https://dashboard.stripe.com/logs/req_1',
  payment_method: {
    id: 'pm_1',
    object: 'payment_method',
    billing_details: { name: 'Ada Lovelace', email: 'ada@example.com', phone: '+43 1' },
    card: { last4: '0341', fingerprint: 'Xt5EWLLDS7FJjR1c' },
  },
};

const INTENT = {
  id: 'pi_1',
  object: 'payment_intent',
  status: 'requires_payment_method',
  amount_received: 0,
  currency: 'eur',
  latest_charge: 'ch_1',
  next_action: null,
  last_payment_error: LAST_PAYMENT_ERROR,
} as unknown as Stripe.PaymentIntent;

test('of why an attempt failed we keep codes and a cleaned sentence, and nothing of the payer', () => {
  expect(intentFromStripe(INTENT)?.failure).toEqual({
    code: 'card_declined',
    declineCode: 'generic_decline',
    message: 'The card of [e-mail] was declined (key sk_test_…, pi_3Mabc_secret_…).',
    requestId: null,
    adviceCode: 'try_again_later',
    paymentMethodId: 'pm_1',
  });
});

test('of a refusal that tells the whole intent neither', () => {
  const error = paymentErrorFromFailure({
    kind: 'declined',
    status: 402,
    code: 'card_declined',
    declineCode: 'generic_decline',
    adviceCode: null,
    message: 'Your card was declined.',
    param: null,
    requestId: 'req_1',
    replayed: false,
    paymentIntent: INTENT,
    setupIntent: null,
  });
  expect(error).toEqual({
    code: 'card_declined',
    declineCode: 'generic_decline',
    message: 'Your card was declined.',
    requestId: 'req_1',
    adviceCode: 'try_again_later',
    paymentMethodId: 'pm_1',
  });
});
