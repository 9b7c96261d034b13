import type { DomainEvent } from '../event/domain-event.js';
import type { Instant } from '../time/instant.js';
import { type Customer, customerEvent, type ProviderError, type StripeFieldsPushed } from './customer.js';
import { type PaymentMethod, paymentMethodEvent } from './payment-method.js';
import { type StripeCustomerPush, stripeFieldsOf, withUnanswered } from './stripe-fields.js';

export const PROVIDER_CUSTOMER_DELETED = 'provider_customer_deleted';

/** What a decision about a customer and his methods changes. */
export interface CustomerDecision {
  readonly customer: Customer;
  readonly paymentMethods: readonly PaymentMethod[];
  readonly events: readonly DomainEvent[];
}

/** Stripe made him, or had him already from an earlier request of ours. Errors: none. */
export function providerCreated(customer: Customer, providerCustomerId: string): CustomerDecision {
  const linked = { ...withoutMaking(customer), providerCustomerId, providerError: null };
  const event = customerEvent(linked, 'customer.payment_provider_created');
  return { customer: linked, paymentMethods: [], events: [event] };
}

/** Stripe refused to make him or to take his data. A refusal of the request made nothing in Stripe. Errors: none. */
export function providerFailed(customer: Customer, error: ProviderError): CustomerDecision {
  const failed = { ...withoutMaking(customer), providerError: error };
  return { customer: failed, paymentMethods: [], events: [customerEvent(failed, 'customer.payment_provider_error')] };
}

/** He was deleted meanwhile, and it is known now what came of making him: his twin, or null for none. Errors: none. */
export function providerSettled(customer: Customer, providerCustomerId: string | null): Customer {
  return { ...withoutMaking(customer), providerCustomerId, providerError: null };
}

/** The making is over, and its key with it. */
const withoutMaking = (customer: Customer): Customer => ({
  ...customer,
  providerBegunAt: null,
  providerSearchFromAt: null,
  providerKeySentAt: null,
  providerKeySpentAt: null,
});

/** Nobody knows whether Stripe made him, and the work has given up for now; it goes on under the same key. Errors: none. */
export function providerUnknown(customer: Customer, error: ProviderError): CustomerDecision {
  const unknown = { ...customer, providerError: error };
  return { customer: unknown, paymentMethods: [], events: [customerEvent(unknown, 'customer.payment_provider_error')] };
}

/** His data are about to be sent: until Stripe has answered, nobody knows what of them stands there. Errors: none. */
export function providerPushBegun(customer: Customer, pushed: StripeFieldsPushed, push: StripeCustomerPush): Customer {
  return { ...customer, providerPushed: withUnanswered(pushed, push) };
}

/** Stripe took his data. Errors: none. */
export function providerPushed(customer: Customer): Customer {
  return { ...customer, providerPushed: stripeFieldsOf(customer), providerError: null };
}

/** He was deleted in Stripe: the link is gone, and with it every method, which Stripe detached. Errors: none. */
export function providerRemoved(customer: Customer, methods: readonly PaymentMethod[], now: Instant): CustomerDecision {
  const unlinked: Customer = {
    ...customer,
    providerCustomerId: null,
    providerPushed: null,
    defaultPaymentMethodId: null,
    providerError: {
      code: PROVIDER_CUSTOMER_DELETED,
      message: `The customer ${customer.providerCustomerId} was deleted in Stripe.`,
      requestId: null,
    },
  };
  const detached = detachAll(methods, now);
  return {
    customer: unlinked,
    paymentMethods: detached.paymentMethods,
    events: [...detached.events, customerEvent(unlinked, 'customer.payment_provider_removed')],
  };
}

/** Marks those still attached as gone. Errors: none. */
export function detachAll(
  methods: readonly PaymentMethod[],
  now: Instant,
): { readonly paymentMethods: readonly PaymentMethod[]; readonly events: readonly DomainEvent[] } {
  const paymentMethods = methods
    .filter((method) => method.detachedAt === null)
    .map((method) => ({ ...method, detachedAt: now }));
  const events = paymentMethods.map((method) => paymentMethodEvent(method, 'payment_method.detached'));
  return { paymentMethods, events };
}
