import { isoFromInstant, type PaymentMethod } from '@tollbridge/core';

export const paymentMethodToJson = (method: PaymentMethod, defaultPaymentMethodId: string | null) => ({
  object: 'payment_method' as const,
  id: method.id,
  customer_id: method.customerId,
  connection_id: method.connectionId,
  provider_payment_method_id: method.stripeId,
  type: method.type,
  brand: method.brand,
  last4: method.last4,
  exp_month: method.expMonth,
  exp_year: method.expYear,
  is_default: method.id === defaultPaymentMethodId,
  created_at: isoFromInstant(method.createdAt),
  detached_at: method.detachedAt === null ? null : isoFromInstant(method.detachedAt),
});
