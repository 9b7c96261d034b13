import { type Customer, type StripeCustomerPush, touchedBy } from '@tollbridge/core';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import type { JobResult } from '../jobs/handlers.js';
import { outcomeUnknown, type StripeFailure } from '../stripe/gateway.js';
import { repairStripeCustomerLaterJob } from './customer-jobs.js';

interface Unanswered {
  readonly customer: Customer;
  readonly push: StripeCustomerPush;
  readonly failure: StripeFailure;
}

/**
 * An update that was given up without an answer may still arrive, after a newer one, and leave the old values there for
 * ever: what comes of the work is the same, and he is looked at again when no call can arrive any more.
 */
export function repairedLater(context: Context, result: JobResult, { customer, push, failure }: Unanswered): JobResult {
  if (result.kind !== 'later' || !outcomeUnknown(failure)) return result;
  const changes = new Changes().add(result.changes ?? new Changes());
  changes.enqueue(repairStripeCustomerLaterJob(context, customer, touchedBy(push)));
  return { ...result, changes };
}
