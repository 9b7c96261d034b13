import type Stripe from 'stripe';
import { invalidRequest } from '../../errors.js';
import { checkedCurrency } from '../currency-rules.js';

type Given = Stripe.V2.Core.AccountCreateParams | Stripe.V2.Core.AccountUpdateParams;

/** Refuses what would be kept and shown, and asked for again by nobody: no address, no country, no day, no currency. */
export const requireSense = (params: Given): void => {
  const { contact_email: email, defaults, identity } = params;
  if (isGiven(email) && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
    throw invalidRequest(`Invalid email address: ${email}`, { code: 'email_invalid', param: 'contact_email' });
  }
  const country = identity?.country;
  if (isGiven(country) && !/^[a-z]{2}$/i.test(country)) {
    throw invalidRequest(`Country '${country}' is unknown. Use a code of two letters, such as 'us'.`, {
      code: 'country_unsupported',
      param: 'identity[country]',
    });
  }
  const born = identity?.individual?.date_of_birth;
  if (born !== undefined && born !== null && !isDay(born)) {
    throw invalidRequest('Invalid date of birth.', { param: 'identity[individual][date_of_birth]' });
  }
  if (isGiven(defaults?.currency)) checkedCurrency(defaults.currency, 'defaults[currency]');
};

/** Null and an empty text take a field away. */
const isGiven = (value: string | null | undefined): value is string => (value ?? '') !== '';

const isDay = ({
  day,
  month,
  year,
}: {
  readonly day: number;
  readonly month: number;
  readonly year: number;
}): boolean => {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};
