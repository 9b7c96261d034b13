import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import { declined, invalidRequest, unexpectedState } from '../../errors.js';
import { subscriptionSetUp } from '../../subscriptions/subscription-set-up.js';
import type { Work } from '../../work.js';
import { idOf } from '../charges/charge.js';
import { type DeclineReason, declineOf, declineReasons } from '../charges/decline-reasons.js';
import { challengeAction, requireReturnUrl } from '../payment-intents/payment-intent.js';
import {
  attachUnasked,
  behaviourOf,
  type PaymentMethodObject,
  paymentMethods,
  requireUsable,
} from '../payment-methods/payment-method.js';
import { type AttemptStatus, putSetupAttempt } from './setup-attempt.js';

export type SetupIntentObject = Stripe.SetupIntent;

export const setupIntents = defineCollection<SetupIntentObject>({
  type: 'setup_intent',
  prefix: 'seti',
  path: (intent) => `/v1/setup_intents/${intent.id}`,
  label: 'setupintent',
  indexes: ['customer'],
});

const statusesFor: Readonly<Record<'confirm' | 'cancel' | 'update', readonly string[]>> = {
  confirm: ['requires_payment_method', 'requires_confirmation', 'requires_action'],
  cancel: ['requires_payment_method', 'requires_confirmation', 'requires_action'],
  update: ['requires_payment_method', 'requires_confirmation', 'requires_action'],
};

/** https://docs.stripe.com/payments/paymentintents/lifecycle holds for set-ups too, without the money. */
export const requireSetupStatus = (
  work: Work,
  intent: SetupIntentObject,
  verb: 'confirm' | 'cancel' | 'update',
): void => {
  if (statusesFor[verb].includes(intent.status)) return;
  throw unexpectedState(
    'setup_intent_unexpected_state',
    `You cannot ${verb} this SetupIntent because it has a status of ${intent.status}.`,
    { setup_intent: work.render(intent) },
  );
};

/** Confirms: asks the bank whether the method may be kept, and throws a 402 that keeps its traces when it may not. */
export const confirmSetup = (
  work: Work,
  intent: SetupIntentObject,
  method: PaymentMethodObject,
  returnUrl: string | null,
): SetupIntentObject => {
  requireSetupStatus(work, intent, 'confirm');
  requireUsable(method);
  if (method.customer !== null && method.customer !== idOf(intent.customer)) {
    throw invalidRequest(`The PaymentMethod ${method.id} is attached to another customer.`, {
      code: 'setup_intent_invalid_parameter',
      param: 'payment_method',
    });
  }
  requireReturnUrl(intent, returnUrl);
  return wantsAuthentication(intent, method)
    ? waitForCustomer(work, intent, method, returnUrl)
    : askBank(work, intent, method, false);
};

const wantsAuthentication = (intent: SetupIntentObject, method: PaymentMethodObject): boolean => {
  const { authentication } = behaviourOf(method);
  if (authentication === 'never') return false;
  const asked = intent.payment_method_options?.card?.request_three_d_secure ?? 'automatic';
  if (asked !== 'automatic' || authentication === 'always') return true;
  return authentication === 'until_set_up' && !method._setUp;
};

const waitForCustomer = (
  work: Work,
  intent: SetupIntentObject,
  method: PaymentMethodObject,
  returnUrl: string | null,
): SetupIntentObject => {
  const waiting = work.update(setupIntents, intent, {
    status: 'requires_action',
    payment_method: method.id,
    next_action: challengeAction(work, intent.id, returnUrl),
    last_setup_error: null,
    latest_attempt: attempt(work, intent, method, 'requires_action'),
  });
  work.emit('setup_intent.requires_action', waiting);
  return waiting;
};

/** The customer came back from the challenge. Throws a 402 when they or their bank did not agree. */
export const finishSetupAuthentication = (
  work: Work,
  intent: SetupIntentObject,
  passed: boolean,
): SetupIntentObject => {
  const method = work.require(paymentMethods, idOf(intent.payment_method) ?? '');
  if (passed) return askBank(work, intent, method, true);
  const message = 'The customer did not authenticate. Give a new payment method to try again.';
  const code = 'setup_intent_authentication_failure';
  const payment_method = shownMethod(work, method);
  const failed = backToStart(work, intent, method, { type: 'invalid_request_error', code, message, payment_method });
  throw declined({ code, message, facts: { setup_intent: work.render(failed), payment_method } });
};

const askBank = (
  work: Work,
  intent: SetupIntentObject,
  method: PaymentMethodObject,
  authenticated: boolean,
): SetupIntentObject => {
  const { declines, declinesWhenSaved } = behaviourOf(method);
  if (declines !== null && declinesWhenSaved) throw failSetup(work, intent, method, declineReasons[declines]);
  const setUp = intent.usage === 'off_session' && (authenticated || method._setUp);
  const kept = setUp === method._setUp ? method : work.update(paymentMethods, method, { _setUp: setUp });
  const customer = idOf(intent.customer);
  if (customer !== null) attachUnasked(work, kept, customer);
  const done = work.update(setupIntents, intent, {
    status: 'succeeded',
    payment_method: method.id,
    next_action: null,
    last_setup_error: null,
    latest_attempt: attempt(work, intent, method, 'succeeded'),
  });
  work.emit('setup_intent.succeeded', done);
  subscriptionSetUp(work, done);
  return done;
};

const failSetup = (work: Work, intent: SetupIntentObject, method: PaymentMethodObject, reason: DeclineReason) => {
  const payment_method = shownMethod(work, method);
  const failed = backToStart(work, intent, method, {
    type: 'card_error',
    code: reason.code as Stripe.SetupIntent.LastSetupError['code'] & string,
    decline_code: reason.declineCode,
    doc_url: `https://stripe.com/docs/error-codes/${reason.code.replaceAll('_', '-')}`,
    message: reason.message,
    payment_method,
    ...(reason.adviceCode === null ? {} : { advice_code: reason.adviceCode }),
    ...(reason.networkDeclineCode === null ? {} : { network_decline_code: reason.networkDeclineCode }),
  });
  return declined(declineOf(reason, { setup_intent: work.render(failed), payment_method }));
};

const backToStart = (
  work: Work,
  intent: SetupIntentObject,
  method: PaymentMethodObject,
  error: Stripe.SetupIntent.LastSetupError,
): SetupIntentObject => {
  const failed = work.update(setupIntents, intent, {
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    last_setup_error: error,
    latest_attempt: attempt(work, intent, method, 'failed', error),
  });
  work.emit('setup_intent.setup_failed', failed);
  return failed;
};

const attempt = (
  work: Work,
  intent: SetupIntentObject,
  method: PaymentMethodObject,
  status: AttemptStatus,
  error: Stripe.SetupIntent.LastSetupError | null = null,
): string =>
  putSetupAttempt(work, {
    intentId: intent.id,
    customer: idOf(intent.customer),
    usage: intent.usage,
    method,
    status,
    error,
  });

const shownMethod = (work: Work, method: PaymentMethodObject): Stripe.PaymentMethod =>
  work.render(method) as unknown as Stripe.PaymentMethod;
