import { createHash } from 'node:crypto';
import { addMinutes, type Customer, type StripeFieldsTouched } from '@tollbridge/core';
import type { JobKind, Lane, NewJob } from '../changes.js';
import { callsEndedAt } from '../connections/late-calls.js';
import type { Context } from '../context.js';

/** A little more than a day of hourly tries: a longer silence of Stripe's is for people to look at. */
const ATTEMPTS_MAX = 48;
const ERASE_AFTER_MINUTES = 10;

interface CustomerWork {
  readonly kind: JobKind;
  readonly lane: Lane;
  readonly key: string | null;
  readonly dedupeKey: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

function customerJob(context: Context, customer: Customer, work: CustomerWork): NewJob {
  return {
    ...work,
    environmentId: customer.environmentId,
    id: context.newId('job'),
    connectionId: customer.connectionId,
    dueAt: context.clock.machineNow(),
    attemptsMax: ATTEMPTS_MAX,
    lease: null,
  };
}

/** What is written to one customer in Stripe is written in the order in which it was decided. */
const writeKey = (customer: Customer): string => `stripe customer ${customer.id}`;

/** In the background many customers may come at once, and nobody waits; asked for at once, somebody does. */
export const createStripeCustomerJob = (context: Context, customer: Customer, lane: Lane): NewJob =>
  customerJob(context, customer, {
    kind: 'create_stripe_customer',
    lane,
    key: writeKey(customer),
    dedupeKey: `create ${customer.id}`,
    payload: { customerId: customer.id },
  });

export const updateStripeCustomerJob = (context: Context, customer: Customer, lane: Lane): NewJob =>
  customerJob(context, customer, {
    kind: 'update_stripe_customer',
    lane,
    key: writeKey(customer),
    dedupeKey: `update ${customer.id}`,
    payload: { customerId: customer.id },
  });

/**
 * Looks at him in Stripe once an update that was never answered has ended, however late it arrived. Until then it stands
 * outside the order of writes, which must not wait for it; those that touched the same within one window are one.
 */
export const repairStripeCustomerLaterJob = (
  context: Context,
  customer: Customer,
  touched: StripeFieldsTouched,
): NewJob => {
  const dueAt = callsEndedAt(context.clock.machineNow());
  const job = repairStripeCustomerJob(context, customer, touched);
  // A key of an index has bounds that fifty keys of metadata have not.
  const digest = createHash('sha256').update(JSON.stringify(touched)).digest('hex').slice(0, 16);
  return { ...job, key: null, dedupeKey: `repair ${customer.id} ${dueAt} ${digest}`, dueAt };
};

/** The same, in its place among the writes. */
export const repairStripeCustomerJob = (context: Context, customer: Customer, touched: StripeFieldsTouched): NewJob =>
  customerJob(context, customer, {
    kind: 'repair_stripe_customer',
    lane: 'bulk',
    key: writeKey(customer),
    dedupeKey: null,
    payload: { customerId: customer.id, providerCustomerId: customer.providerCustomerId, touched },
  });

/** `before` is the customer as he was while he was linked. */
export const releaseStripeCustomerJob = (context: Context, before: Customer): NewJob =>
  customerJob(context, before, {
    kind: 'release_stripe_customer',
    lane: 'bulk',
    // Of the twin he leaves: in another connection he goes on, though this one is lost.
    key: `stripe twin ${before.providerCustomerId}`,
    dedupeKey: null,
    payload: { connectionId: before.connectionId, providerCustomerId: before.providerCustomerId },
  });

export const deleteStripeCustomerJob = (context: Context, customer: Customer): NewJob =>
  customerJob(context, customer, {
    kind: 'delete_stripe_customer',
    lane: 'bulk',
    key: writeKey(customer),
    dedupeKey: `delete ${customer.id}`,
    payload: { customerId: customer.id },
  });

/** A while after the deletion itself, so that what was under way is told of before it is blanked. */
export const eraseCustomerTracesJob = (context: Context, before: Customer): NewJob => ({
  ...customerJob(context, before, {
    kind: 'erase_customer_traces',
    lane: 'bulk',
    key: null,
    dedupeKey: `erase ${before.id}`,
    payload: { customerId: before.id, providerCustomerId: before.providerCustomerId },
  }),
  connectionId: null,
  dueAt: addMinutes(context.clock.machineNow(), ERASE_AFTER_MINUTES),
});

export const openSetupSessionJob = (context: Context, customer: Customer, setupSessionId: string): NewJob =>
  customerJob(context, customer, {
    kind: 'open_setup_session',
    lane: 'money',
    key: writeKey(customer),
    dedupeKey: null,
    payload: { setupSessionId },
  });

/** `causeId` makes the idempotency key: the page on which the method was left; null where the job itself is the cause. */
export const setDefaultMethodJob = (
  context: Context,
  customer: Customer,
  choice: { readonly stripePaymentMethodId: string; readonly causeId: string | null },
): NewJob =>
  customerJob(context, customer, {
    kind: 'set_default_payment_method',
    lane: 'money',
    key: writeKey(customer),
    dedupeKey: null,
    payload: { customerId: customer.id, ...choice },
  });

export const detachMethodJob = (context: Context, customer: Customer, paymentMethodId: string): NewJob =>
  customerJob(context, customer, {
    kind: 'detach_payment_method',
    lane: 'money',
    key: writeKey(customer),
    dedupeKey: `detach ${paymentMethodId}`,
    payload: { customerId: customer.id, paymentMethodId },
  });

export const syncCustomerJob = (context: Context, customer: Customer): NewJob =>
  customerJob(context, customer, {
    kind: 'sync_customer_from_stripe',
    lane: 'intake',
    key: `stripe mirror ${customer.id}`,
    dedupeKey: `sync ${customer.id}`,
    payload: { customerId: customer.id },
  });

/** Has everything collected that the customer owes and can pay now (INV-4). */
export const collectCustomerJob = (context: Context, customer: Customer): NewJob =>
  customerJob(context, customer, {
    kind: 'collect_customer',
    lane: 'money',
    key: `customer ${customer.id}`,
    dedupeKey: `collect ${customer.id}`,
    payload: { customerId: customer.id },
  });
