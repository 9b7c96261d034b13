import { type Address, isoFromInstant, type LegalEntity, type TaxId } from '@tollbridge/core';

export const legalEntityToJson = (entity: LegalEntity) => ({
  object: 'legal_entity' as const,
  id: entity.id,
  name: entity.name,
  address: addressToJson(entity.address),
  tax_ids: entity.taxIds.map(taxIdToJson),
  number_prefix: entity.numberPrefix,
  next_number: entity.nextNumber,
  footer: entity.footer,
  is_default: entity.isDefault,
  created_at: isoFromInstant(entity.createdAt),
});

export const addressToJson = (address: Address) => ({
  line1: address.line1,
  line2: address.line2,
  city: address.city,
  postal_code: address.postalCode,
  state: address.state,
  country: address.country,
});

const taxIdToJson = (taxId: TaxId) => ({ type: taxId.type, value: taxId.value });
