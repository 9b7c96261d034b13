import { err, type IntentSeen, invariant, ok, type Payment, type Result } from '@tollbridge/core';
import { amountToStripe } from './amounts.js';
import { findInList } from './find-in-list.js';
import type { Stripe, StripeAccess, StripeFailure, StripeGateway } from './gateway.js';
import { type IntentStamp, intentFromStripe } from './payment-intents.js';
import { strangeAnswer } from './strange-answer.js';

export type StripeSession = Stripe.Checkout.Session;

/** Opens a page of Stripe's on which the payer pays exactly what is due, and leaves his card for the next time. */
export async function createPaymentSession(
  stripe: StripeGateway,
  access: StripeAccess,
  { payment, stamp }: { readonly payment: Payment; readonly stamp: IntentStamp },
): Promise<Result<StripeSession & { readonly url: string }, StripeFailure>> {
  const { stripeCustomerId, returnUrl, cancelUrl } = payment;
  invariant(stripeCustomerId !== null && returnUrl !== null, 'a page knows who pays and where he goes then');
  const amount = amountToStripe(payment.amountMinor, payment.currency);
  invariant(amount.ok, 'only amounts that Stripe can count are charged');
  const price = {
    currency: payment.currency,
    unit_amount: amount.value,
    product_data: { name: stamp.description },
  };
  const answer = await stripe.call(access, (client) =>
    client.checkout.sessions.create(
      {
        mode: 'payment',
        customer: stripeCustomerId,
        line_items: [{ quantity: 1, price_data: price }],
        success_url: returnUrl,
        ...(cancelUrl === null ? {} : { cancel_url: cancelUrl }),
        client_reference_id: payment.id,
        metadata: { ...stamp.metadata },
        payment_intent_data: {
          description: stamp.description,
          metadata: { ...stamp.metadata },
          setup_future_usage: 'off_session',
        },
      },
      { idempotencyKey: `${payment.id}-session-${payment.keyGeneration}` },
    ),
  );
  if (!answer.ok) return answer;
  const { id, url } = answer.value;
  if (typeof id !== 'string' || typeof url !== 'string') return err(strangeAnswer('a checkout session'));
  return ok({ ...answer.value, url });
}

/** Closes the page. Refused when it is complete or expired already. */
export async function expirePaymentSession(
  stripe: StripeGateway,
  access: StripeAccess,
  payment: Payment,
): Promise<Result<StripeSession, StripeFailure>> {
  const { stripeSessionId } = payment;
  invariant(stripeSessionId !== null, 'only a page that is known is closed');
  return stripe.call(access, (client) =>
    client.checkout.sessions.expire(
      stripeSessionId,
      {},
      { idempotencyKey: `${payment.id}-expire-${payment.keyGeneration}` },
    ),
  );
}

export async function retrievePaymentSession(
  stripe: StripeGateway,
  access: StripeAccess,
  stripeId: string,
): Promise<Result<StripeSession, StripeFailure>> {
  const answer = await stripe.call(access, (client) =>
    client.checkout.sessions.retrieve(stripeId, { expand: ['payment_intent'] }),
  );
  if (!answer.ok) return answer;
  return typeof answer.value.id === 'string' ? answer : err(strangeAnswer('a checkout session'));
}

/** The page that was made for our attempt; null when there is none, which says that the call never came to anything. */
export async function findPaymentSessionOf(
  stripe: StripeGateway,
  access: StripeAccess,
  { payment, notBeforeSeconds }: { readonly payment: Payment; readonly notBeforeSeconds: number },
): Promise<Result<StripeSession | null, StripeFailure>> {
  const { stripeCustomerId } = payment;
  invariant(stripeCustomerId !== null, 'a page is made for a customer whom Stripe knows');
  const search = {
    name: 'pages',
    matches: (session: StripeSession) => session.client_reference_id === payment.id,
    notBeforeSeconds,
  };
  const among = (of: { readonly customer?: string }) =>
    findInList<StripeSession>(
      (page) => stripe.call(access, (client) => client.checkout.sessions.list({ ...of, ...page })),
      search,
    );
  const ofCustomer = await among({ customer: stripeCustomerId });
  return !ofCustomer.ok && ofCustomer.error.kind === 'missing' ? among({}) : ofCustomer;
}

/** The intent that is paid on the page; null while there is none, or when it was not expanded. */
export function intentOfSession(session: StripeSession): IntentSeen | null {
  const intent = session.payment_intent;
  return intent === null || typeof intent === 'string' ? null : intentFromStripe(intent);
}
