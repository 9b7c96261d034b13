import { type Address, type Customer, isoFromInstant } from '@tollbridge/core';

export const customerToJson = (customer: Customer) => ({
  object: 'customer' as const,
  id: customer.id,
  external_id: customer.externalId,
  name: customer.name,
  emails: [...customer.emails],
  phone: customer.phone,
  address: customer.address === null ? null : addressToJson(customer.address),
  tax_ids: customer.taxIds.map(({ type, value }) => ({ type, value })),
  currency: customer.currency,
  time_zone: customer.timeZone,
  metadata: { ...customer.metadata },
  payment_provider: customer.paymentProvider,
  connection_id: customer.connectionId,
  provider_customer_id: customer.providerCustomerId,
  provider_status: providerStatusOf(customer),
  provider_error:
    customer.providerError === null
      ? null
      : {
          code: customer.providerError.code,
          message: customer.providerError.message,
          request_id: customer.providerError.requestId,
        },
  sync_with_provider: customer.syncWithProvider,
  default_payment_method_id: customer.defaultPaymentMethodId,
  created_at: isoFromInstant(customer.createdAt),
  deleted_at: customer.deletedAt === null ? null : isoFromInstant(customer.deletedAt),
});

/** One word for where he stands with the provider, so that nobody has to derive it from four fields. */
function providerStatusOf(customer: Customer): 'not_linked' | 'creating' | 'linked' | 'failed' {
  if (customer.providerCustomerId !== null) return 'linked';
  if (customer.providerBegunAt !== null) return 'creating';
  return customer.providerError === null ? 'not_linked' : 'failed';
}

const addressToJson = (address: Address) => ({
  line1: address.line1,
  line2: address.line2,
  city: address.city,
  postal_code: address.postalCode,
  state: address.state,
  country: address.country,
});
