import type { JobHandler } from '../jobs/handlers.js';
import { nothingToDo } from '../jobs/run-job.js';
import { blankCustomerTraces } from '../store/customer-traces.js';
import { listPaymentMethodsOfCustomer } from '../store/payment-methods.js';

const AGAIN_MILLISECONDS = 1_000;

/** An erased customer is erased from what was told about him too (CUS-7). The audit log alone keeps what it says. */
export const eraseCustomerTraces: JobHandler = async (context, job) => {
  const { environmentId } = job;
  const customerId = String(job.payload.customerId);
  const twin = job.payload.providerCustomerId;
  const methods = await listPaymentMethodsOfCustomer(context.db, environmentId, customerId);
  const isDone = await blankCustomerTraces(context.db, {
    environmentId,
    objectIds: [customerId, ...methods.map(({ id }) => id)],
    stripeObjectIds: [...(typeof twin === 'string' ? [twin] : []), ...methods.map(({ stripeId }) => stripeId)],
  });
  if (isDone) return nothingToDo();
  const error = { code: 'more_to_erase', message: 'there is more to erase than one run takes' };
  return { kind: 'later', delayMilliseconds: AGAIN_MILLISECONDS, error, uncounted: true };
};
