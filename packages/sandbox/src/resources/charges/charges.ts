import type Stripe from 'stripe';
import { metadataMerged } from '../../metadata.js';
import { operation, type Resource } from '../../operation.js';
import { provided } from '../../params.js';
import type { Searchable } from '../../search/matching.js';
import type { Work } from '../../work.js';
import { shippingFrom } from '../shipping.js';
import { type ChargeObject, charges } from './charge.js';
import { captureCharge, createCharge } from './direct-charges.js';
import { debitAnswers, settleDebit } from './late-debit.js';
import { putRelease } from './refund.js';

const retrieveCharge = operation<Stripe.ChargeRetrieveParams>((context) =>
  context.require(charges, context.path.charge ?? ''),
);

const listCharges = operation<Stripe.ChargeListParams>((context) => {
  const { customer, payment_intent: intent, transfer_group: group } = context.params;
  const filter = (charge: ChargeObject): boolean =>
    (customer === undefined || charge.customer === customer) &&
    (group === undefined || charge.transfer_group === group);
  if (intent !== undefined) return context.list(charges, { where: { field: 'payment_intent', value: intent }, filter });
  if (customer !== undefined) return context.list(charges, { where: { field: 'customer', value: customer }, filter });
  return context.list(charges, { filter });
});

const updateCharge = operation<Stripe.ChargeUpdateParams>((context) => {
  const before = context.require(charges, context.path.charge ?? '');
  const { params } = context;
  const after = context.update(charges, before, {
    ...(provided({
      description: params.description,
      receipt_email: params.receipt_email,
      shipping: shippingFrom(params.shipping),
      transfer_group: params.transfer_group,
      fraud_details: params.fraud_details,
    }) as Partial<ChargeObject>),
    metadata: metadataMerged(before.metadata, params.metadata),
  });
  context.emit('charge.updated', after, before);
  return after;
});

const cardFields = {
  last4: 'token',
  exp_month: 'token',
  exp_year: 'token',
  brand: 'token',
  fingerprint: 'token',
} as const;
const cardSources = ['card', 'card_present', 'interac_present'];

/** https://docs.stripe.com/search#query-fields-for-charges */
const searchable: Searchable<ChargeObject> = {
  resource: 'charges',
  fields: {
    amount: 'numeric',
    'billing_details.address.postal_code': 'token',
    created: 'numeric',
    currency: 'token',
    customer: 'token',
    disputed: 'token',
    refunded: 'token',
    status: 'token',
    ...Object.fromEntries(
      cardSources.flatMap((source) =>
        Object.entries(cardFields).map(([name, type]) => [`payment_method_details.${source}.${name}`, type]),
      ),
    ),
  },
  // Wholly is true, in part is false, and not at all is null.
  read: { refunded: (charge) => (charge.amount_refunded === 0 ? null : charge.refunded) },
};

const searchCharges = operation<Stripe.ChargeSearchParams>((context) => context.search(charges, searchable));

/** A hold that nobody captured ends: no money moved, and the charge says so. */
const endHold = (work: Work, id: string): void => {
  const before = work.get(charges, id);
  if (before === undefined || before.captured || before.refunded) return;
  const amount_refunded = putRelease(work, before, before.amount);
  work.emit('charge.expired', work.update(charges, before, { amount_refunded, refunded: true }));
};

export const chargesResource: Resource = {
  collections: [charges],
  operations: {
    'POST /v1/charges': createCharge,
    'GET /v1/charges': listCharges,
    'GET /v1/charges/search': searchCharges,
    'GET /v1/charges/:charge': retrieveCharge,
    'POST /v1/charges/:charge': updateCharge,
    'POST /v1/charges/:charge/capture': captureCharge,
  },
  scheduled: { 'charge.hold_ends': endHold, [debitAnswers]: settleDebit },
};
