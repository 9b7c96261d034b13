import { invalidRequest } from '../../errors.js';
import { operation, type Resource } from '../../operation.js';
import type { RequestContext } from '../../work.js';
import { paymentMethods } from '../payment-methods/payment-method.js';
import { type CheckoutSessionObject, checkoutSessions } from './checkout-session.js';
import { submitCheckout } from './checkout-submit.js';

// Private to Stripe's own page and documented nowhere. Here for `stripe trigger checkout.session.completed`, which
// finishes a checkout this way; what it sends was read from the fixtures inside `@stripe/cli` 1.52.

const inPath = <P>(context: RequestContext<P>): CheckoutSessionObject =>
  context.require(checkoutSessions, context.path.session ?? '');

const shown = (session: CheckoutSessionObject) => ({
  id: `ppage_${session.id.replace(/^cs_(test|live)_/, '')}`,
  object: 'checkout.payment_page',
  session_id: session.id,
  livemode: session.livemode,
  mode: session.mode,
  status: session.status,
});

const retrievePage = operation<Record<string, never>>((context) => shown(inPath(context)));

interface ConfirmParams {
  readonly payment_method?: string;
  readonly expected_amount?: string;
}

const confirmPage = operation<ConfirmParams>((context) => {
  const session = inPath(context);
  const { payment_method: methodId = '', expected_amount: expected } = context.params;
  if (session.status !== 'open') throw invalidRequest(`This Checkout Session is ${String(session.status)}.`);
  if (expected !== undefined && expected !== String(session.amount_total ?? 0)) {
    throw invalidRequest('The amount of the session is not the expected one.', { param: 'expected_amount' });
  }
  const method = context.require(paymentMethods, methodId, 'payment_method');
  if (!session.payment_method_types.includes(method.type)) {
    throw invalidRequest(`This Checkout Session takes no ${method.type}.`, { param: 'payment_method' });
  }
  const { email, name } = method.billing_details;
  return shown(submitCheckout(context, session, method, { email, name }).session);
});

export const paymentPagesResource: Resource = {
  collections: [],
  operations: {
    'GET /v1/payment_pages/:session': retrievePage,
    'POST /v1/payment_pages/:session/confirm': confirmPage,
  },
};
