import { err, type IntentSeen, invariant, ok, type Payment, type PaymentError, type Result } from '@tollbridge/core';
import { withoutSecrets } from '../log.js';
import { amountFromStripe, amountToStripe } from './amounts.js';
import { findInList } from './find-in-list.js';
import type { Stripe, StripeAccess, StripeFailure, StripeGateway } from './gateway.js';

/** What Stripe answered to a write. A kept answer may be old news: then the object must be looked at. */
export interface IntentAnswer {
  readonly seen: IntentSeen;
  readonly replayed: boolean;
}

export interface IntentStamp {
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Charges the payer, who is away: made and confirmed in one call, so that it either stands there or does not. */
export async function createPaymentIntent(
  stripe: StripeGateway,
  access: StripeAccess,
  { payment, stamp }: { readonly payment: Payment; readonly stamp: IntentStamp },
): Promise<Result<IntentAnswer, StripeFailure>> {
  const amount = amountToStripe(payment.amountMinor, payment.currency);
  invariant(amount.ok, 'only amounts that Stripe can count are charged');
  const answer = await stripe.call(access, (client) =>
    client.paymentIntents.create(
      {
        amount: amount.value,
        currency: payment.currency,
        customer: present(payment.stripeCustomerId),
        payment_method: present(payment.stripePaymentMethodId),
        confirm: true,
        off_session: true,
        ...stamp,
        metadata: { ...stamp.metadata },
      },
      { idempotencyKey: intentKey(payment, 'create') },
    ),
  );
  return answered(answer);
}

/** Confirms the same intent again; with a return address the payer is present and can be asked to prove who he is. */
export async function confirmPaymentIntent(
  stripe: StripeGateway,
  access: StripeAccess,
  payment: Payment,
): Promise<Result<IntentAnswer, StripeFailure>> {
  const presence = payment.returnUrl === null ? { off_session: true } : { return_url: payment.returnUrl };
  const answer = await stripe.call(access, (client) =>
    client.paymentIntents.confirm(
      present(payment.stripePaymentIntentId),
      { payment_method: present(payment.stripePaymentMethodId), ...presence },
      { idempotencyKey: intentKey(payment, 'confirm') },
    ),
  );
  return answered(answer);
}

/** Withdraws the intent, so that it can never bring money. */
export async function cancelPaymentIntent(
  stripe: StripeGateway,
  access: StripeAccess,
  payment: Payment,
): Promise<Result<IntentAnswer, StripeFailure>> {
  const answer = await stripe.call(access, (client) =>
    client.paymentIntents.cancel(
      present(payment.stripePaymentIntentId),
      {},
      { idempotencyKey: intentKey(payment, 'cancel') },
    ),
  );
  return answered(answer);
}

export async function retrievePaymentIntent(
  stripe: StripeGateway,
  access: StripeAccess,
  stripeId: string,
): Promise<Result<Stripe.PaymentIntent, StripeFailure>> {
  return stripe.call(access, (client) => client.paymentIntents.retrieve(stripeId));
}

/**
 * The intent that carries our attempt's id, among those of its customer; null when there is none, which says that the
 * call never came to anything. Of a customer whom Stripe does not know any more no list is given: then those of the whole
 * account are looked through.
 */
export async function findPaymentIntentOf(
  stripe: StripeGateway,
  access: StripeAccess,
  { payment, notBeforeSeconds }: { readonly payment: Payment; readonly notBeforeSeconds: number },
): Promise<Result<Stripe.PaymentIntent | null, StripeFailure>> {
  const search = {
    name: 'intents',
    matches: ({ metadata }: Stripe.PaymentIntent) => metadata.tollbridge_payment === payment.id,
    notBeforeSeconds,
  };
  const among = (of: { readonly customer?: string }) =>
    findInList<Stripe.PaymentIntent>(
      (page) => stripe.call(access, (client) => client.paymentIntents.list({ ...of, ...page })),
      search,
    );
  const ofCustomer = await among({ customer: present(payment.stripeCustomerId) });
  return !ofCustomer.ok && ofCustomer.error.kind === 'missing' ? among({}) : ofCustomer;
}

/** An intent in our words; null when it is not as any of ours can be, such as one in an unknown currency. */
export function intentFromStripe(intent: Stripe.PaymentIntent): IntentSeen | null {
  const receivedMinor = amountFromStripe(intent.amount_received, intent.currency);
  if (typeof intent.id !== 'string' || receivedMinor === null) return null;
  return {
    stripeId: intent.id,
    status: intent.status,
    receivedMinor,
    chargeId: idOf(intent.latest_charge),
    nextAction: nextActionFromStripe(intent.next_action),
    failure: intent.last_payment_error === null ? null : errorFromIntent(intent.last_payment_error),
  };
}

/** What a refusal says about why there is no money. */
export function paymentErrorFromFailure(failure: StripeFailure): PaymentError {
  const detail = failure.paymentIntent?.last_payment_error ?? null;
  return {
    code: failure.code ?? detail?.code ?? failure.kind,
    declineCode: failure.declineCode,
    message: failure.message,
    requestId: failure.requestId,
    adviceCode: failure.adviceCode ?? detail?.advice_code ?? null,
    paymentMethodId: detail?.payment_method?.id ?? null,
  };
}

const idOf = (reference: string | { readonly id: string } | null): string | null =>
  reference === null || typeof reference === 'string' ? reference : reference.id;

function present(text: string | null): string {
  invariant(text !== null, 'an attempt carries what its call needs');
  return text;
}

/** Made from our row: the same call always has the same key, another one never (STRIPE: keys up to 255 characters). */
const intentKey = (payment: Payment, verb: 'create' | 'confirm' | 'cancel'): string =>
  `${payment.id}-${verb}-${payment.confirmations}-${payment.keyGeneration}`;

function answered(
  answer: Result<Stripe.Response<Stripe.PaymentIntent>, StripeFailure>,
): Result<IntentAnswer, StripeFailure> {
  if (!answer.ok) return answer;
  const seen = intentFromStripe(answer.value);
  // A body that is no intent of ours came from something that is not Stripe: the outcome is unknown.
  if (seen === null) return err({ ...UNREADABLE, requestId: answer.value.lastResponse.requestId });
  return ok({ seen, replayed: answer.value.lastResponse.headers['idempotent-replayed'] === 'true' });
}

const UNREADABLE: StripeFailure = {
  kind: 'server_error',
  status: null,
  code: 'answer_unreadable',
  declineCode: null,
  adviceCode: null,
  message: 'The answer was no payment intent.',
  param: null,
  requestId: null,
  replayed: false,
  paymentIntent: null,
  setupIntent: null,
};

function nextActionFromStripe(action: Stripe.PaymentIntent.NextAction | null): IntentSeen['nextAction'] {
  if (action === null) return null;
  return { type: action.type, url: action.redirect_to_url?.url ?? null };
}

/** Of all that Stripe tells there, the payer's name and card among it, only why, and in a sentence that names nobody. */
function errorFromIntent(error: Stripe.PaymentIntent.LastPaymentError): PaymentError {
  return {
    code: error.code ?? error.type,
    declineCode: error.decline_code ?? null,
    message: withoutSecrets(error.message ?? 'The payment failed.'),
    requestId: null,
    adviceCode: error.advice_code ?? null,
    paymentMethodId: error.payment_method?.id ?? null,
  };
}
