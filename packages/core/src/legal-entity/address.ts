/** A postal address as an invoice prints it. Every part may be missing; `country` is ISO 3166-1 alpha-2 in upper case. */
export interface Address {
  readonly line1: string | null;
  readonly line2: string | null;
  readonly city: string | null;
  readonly postalCode: string | null;
  readonly state: string | null;
  readonly country: string | null;
}

/** A tax registration, with the kind in Stripe's spelling, such as `eu_vat`. */
export interface TaxId {
  readonly type: string;
  readonly value: string;
}

export const ADDRESS_EMPTY: Address = {
  line1: null,
  line2: null,
  city: null,
  postalCode: null,
  state: null,
  country: null,
};
