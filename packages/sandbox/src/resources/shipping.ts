import { provided } from '../params.js';

const emptyAddress = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };

/** Whole when given: an address replaces the one before it. `''` unsets it. */
export const addressFrom = (given: object | '' | null | undefined): object | '' | undefined => {
  if (given === undefined) return undefined;
  return given === null || given === '' ? '' : { ...emptyAddress, ...provided(given as Record<string, unknown>) };
};

interface GivenShipping {
  readonly address?: object | '' | null;
}

/** Whole when given, as an address is: what was not said is null in the answer. */
export const shippingFrom = (given: GivenShipping | '' | null | undefined): object | '' | undefined => {
  if (given === undefined || given === null || given === '') return given === undefined ? undefined : '';
  const { address, ...others } = given;
  const said = provided(others as Record<string, unknown>);
  return { carrier: null, tracking_number: null, phone: null, ...said, address: addressFrom(address ?? {}) };
};
