import type Stripe from 'stripe';

/** All that an account shows. */
export const everything: Stripe.V2.Core.AccountCreateParams['include'] = [
  'configuration.customer',
  'configuration.merchant',
  'configuration.recipient',
  'defaults',
  'future_requirements',
  'identity',
  'requirements',
];

/** An account that is to take cards and of which nothing else is known. */
export const merchant: Stripe.V2.Core.AccountCreateParams = {
  contact_email: 'owner@example.com',
  display_name: 'A shop',
  dashboard: 'none',
  configuration: { merchant: { capabilities: { card_payments: { requested: true } } } },
  defaults: { responsibilities: { fees_collector: 'application', losses_collector: 'application' } },
  identity: { country: 'us' },
  include: everything,
};

/** A person of whom all is known and right: checked after a moment. */
export const complete = (more: Partial<Stripe.V2.Core.AccountCreateParams.Identity.Individual> = {}) => ({
  entity_type: 'individual' as const,
  attestations: { terms_of_service: { account: { date: '2026-10-01T00:00:00.000Z', ip: '192.0.2.1' } } },
  individual: {
    given_name: 'Jo',
    surname: 'Doe',
    date_of_birth: { day: 1, month: 1, year: 1901 },
    address: { line1: 'address_full_match', city: 'Reno', postal_code: '89501', state: 'NV', country: 'us' },
    id_numbers: [{ type: 'us_ssn' as const, value: '000000000' }],
    ...more,
  },
});

export const profile = { profile: { business_url: 'https://shop.example' } };

export const cards = (account: Stripe.V2.Core.Account) => account.configuration?.merchant?.capabilities?.card_payments;
