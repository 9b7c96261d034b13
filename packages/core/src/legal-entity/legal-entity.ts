import { invariant } from '../invariant.js';
import type { Instant } from '../time/instant.js';
import type { Address, TaxId } from './address.js';

/** Who issues invoices in an environment, and the number series of that issuer. */
export interface LegalEntity {
  readonly environmentId: string;
  readonly id: string;
  readonly name: string;
  readonly address: Address;
  readonly taxIds: readonly TaxId[];
  readonly numberPrefix: string;
  /** The number that the next finalized invoice gets; counts from 1 without gaps. */
  readonly nextNumber: number;
  readonly footer: string | null;
  readonly isDefault: boolean;
  readonly version: number;
  readonly createdAt: Instant;
}

/** The issuer as it stood when the invoice was finalized: a later change of name or address never alters an invoice. */
export interface Issuer {
  readonly legalEntityId: string;
  readonly name: string;
  readonly address: Address;
  readonly taxIds: readonly TaxId[];
  readonly footer: string | null;
}

const NUMBER_DIGITS_MIN = 6;

/** A prefix that people can read out, and that fits a bank's reference field together with the number. */
export const NUMBER_PREFIX_FORM = /^[A-Z0-9][A-Z0-9-]{0,11}$/;

/**
 * The next number of the series, such as `INV-000001`, and the entity that has given it out. The number is gap-free
 * because both are stored in the commit that finalizes the invoice, or neither is.
 */
export function nextInvoiceNumber(entity: LegalEntity): { readonly number: string; readonly entity: LegalEntity } {
  invariant(Number.isSafeInteger(entity.nextNumber) && entity.nextNumber > 0, 'a number series counts from 1');
  const digits = entity.nextNumber.toString().padStart(NUMBER_DIGITS_MIN, '0');
  return {
    number: `${entity.numberPrefix}-${digits}`,
    entity: { ...entity, nextNumber: entity.nextNumber + 1 },
  };
}

/** What an invoice keeps of its issuer for good. */
export function issuerFromLegalEntity(entity: LegalEntity): Issuer {
  return {
    legalEntityId: entity.id,
    name: entity.name,
    address: entity.address,
    taxIds: entity.taxIds,
    footer: entity.footer,
  };
}
