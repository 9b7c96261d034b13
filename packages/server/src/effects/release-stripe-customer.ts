import { STAMP_CUSTOMER, STAMP_ENVIRONMENT, STAMP_EXTERNAL_ID } from '@tollbridge/core';
import { connectionForJob, passingResult } from '../connections/stripe-job.js';
import type { JobHandler } from '../jobs/handlers.js';
import { nothingToDo } from '../jobs/run-job.js';
import { findCustomerByProviderId } from '../store/customers.js';
import { updateStripeCustomer } from '../stripe/customers.js';

/** Takes our stamps from a customer in Stripe whom somebody let go: by them he would be taken for a twin again. */
export const releaseStripeCustomer: JobHandler = async (context, job) => {
  const { environmentId } = job;
  const connectionId = String(job.payload.connectionId);
  const providerCustomerId = String(job.payload.providerCustomerId);
  const holder = await findCustomerByProviderId(context.db, { environmentId, connectionId, providerCustomerId });
  if (holder !== null) return nothingToDo();
  const connected = await connectionForJob(context, job, connectionId);
  if (!connected.ok) return connected.error;
  const released = await updateStripeCustomer(context.stripe, connected.value.access, {
    id: providerCustomerId,
    push: { metadata: { [STAMP_CUSTOMER]: '', [STAMP_ENVIRONMENT]: '', [STAMP_EXTERNAL_ID]: '' } },
    idempotencyKey: `tollbridge ${job.id} ${job.attempts}`,
  });
  if (released.ok) return nothingToDo();
  // Refused for good, most likely because he was deleted there: then there are no stamps either.
  return passingResult(context, job, { failure: released.error, connected: connected.value }) ?? nothingToDo();
};
