import { begun, type Customer, customerEvent, type Instant } from '@tollbridge/core';
import type { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { addCustomerChange } from './customer-changes.js';
import { createStripeCustomerJob } from './customer-jobs.js';

/**
 * Has a customer made in Stripe where he is not, whatever the switch says: a checkout always has its Stripe customer
 * (CUS-2). Gives the id of the job, or null when he is there or already being made.
 */
export function addTwin(
  context: Context,
  changes: Changes,
  {
    customer,
    connectionId,
    now,
  }: { readonly customer: Customer; readonly connectionId: string; readonly now: Instant },
): string | null {
  if (customer.providerCustomerId !== null) return null;
  const isUnderWay = customer.providerBegunAt !== null && customer.providerError === null;
  if (isUnderWay) return null;
  const placed: Customer = { ...customer, paymentProvider: 'stripe', connectionId, providerError: null };
  const making =
    customer.providerBegunAt === null ? begun(placed, { now, machineNow: context.clock.machineNow() }) : placed;
  const job = createStripeCustomerJob(context, making, 'money');
  addCustomerChange(context, changes.enqueue(job), {
    customer: making,
    write: 'update',
    events: [customerEvent(making, 'customer.updated')],
  });
  return job.id;
}
