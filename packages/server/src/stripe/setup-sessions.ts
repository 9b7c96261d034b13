import { err, type Instant, instantFromUnixSeconds, ok, type Result } from '@tollbridge/core';
import type { Stripe, StripeAccess, StripeFailure, StripeGateway } from './gateway.js';
import { strangeAnswer } from './strange-answer.js';

/** The stamp by which a page of Stripe's is known as one of ours. */
export const STAMP_SETUP_SESSION = 'tollbridge_setup_session';

export interface NewSetupPage {
  readonly stripeCustomerId: string;
  readonly currency: string | null;
  readonly returnUrl: string;
  readonly cancelUrl: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly idempotencyKey: string;
}

export interface SetupPage {
  readonly stripeSessionId: string;
  readonly url: string;
  readonly expiresAt: Instant;
}

/** Opens Stripe's page in setup mode. Which ways to pay it offers is the operator's choice in Stripe's dashboard. */
export async function createSetupPage(
  stripe: StripeGateway,
  access: StripeAccess,
  page: NewSetupPage,
): Promise<Result<SetupPage, StripeFailure>> {
  const params: Stripe.Checkout.SessionCreateParams = {
    mode: 'setup',
    customer: page.stripeCustomerId,
    // Stripe needs the currency to choose among its payment methods (https://docs.stripe.com/api/checkout/sessions/create).
    currency: page.currency ?? CURRENCY_WHERE_NONE_IS_SAID,
    success_url: page.returnUrl,
    ...(page.cancelUrl === null ? {} : { cancel_url: page.cancelUrl }),
    metadata: { ...page.metadata },
    setup_intent_data: { metadata: { ...page.metadata } },
  };
  const { idempotencyKey } = page;
  const session = await stripe.call(access, (client) => client.checkout.sessions.create(params, { idempotencyKey }));
  if (!session.ok) return session;
  const { id, url, expires_at: expiresAt } = session.value;
  const expires = instantFromUnixSeconds(expiresAt);
  if (typeof id !== 'string' || typeof url !== 'string' || !expires.ok) return err(strangeAnswer('a checkout session'));
  return ok({ stripeSessionId: id, url, expiresAt: expires.value });
}

const CURRENCY_WHERE_NONE_IS_SAID = 'usd';

export interface SetupOutcome {
  readonly status: 'open' | 'complete' | 'expired';
  readonly stripePaymentMethodId: string | null;
}

/** How a page stands now, and which method was left on it. */
export async function fetchSetupOutcome(
  stripe: StripeGateway,
  access: StripeAccess,
  stripeSessionId: string,
): Promise<Result<SetupOutcome, StripeFailure>> {
  const session = await stripe.call(access, (client) =>
    client.checkout.sessions.retrieve(stripeSessionId, { expand: ['setup_intent'] }),
  );
  if (!session.ok) return session;
  const { status, setup_intent: intent } = session.value;
  if (session.value.id !== stripeSessionId) return err(strangeAnswer('a checkout session'));
  const method = typeof intent === 'string' ? null : (intent?.payment_method ?? null);
  const stripePaymentMethodId = typeof method === 'string' ? method : (method?.id ?? null);
  return ok({ status: statusOf(status), stripePaymentMethodId });
}

function statusOf(status: Stripe.Checkout.Session['status']): SetupOutcome['status'] {
  if (status === 'complete') return 'complete';
  return status === 'expired' ? 'expired' : 'open';
}
