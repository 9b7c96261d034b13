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

/** How the numbers of a series are written: `INV-` and at least six digits, such as `INV-000001`. */
export interface InvoiceNumberForm {
  readonly prefix: string;
  /** Smaller numbers are filled up with zeros; larger ones are longer. */
  readonly digitsMin: number;
}

/** How the numbers of this issuer are written. Which one is next is known only to the commit that gives it out. */
export const invoiceNumberForm = ({ numberPrefix }: Pick<LegalEntity, 'numberPrefix'>): InvoiceNumberForm => ({
  prefix: `${numberPrefix}-`,
  digitsMin: NUMBER_DIGITS_MIN,
});

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
