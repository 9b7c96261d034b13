import { callsEndInMilliseconds } from '../connections/late-calls.js';
import { connectionForJob, passingResult, providerErrorOf } from '../connections/stripe-job.js';
import type { Context } from '../context.js';
import { mirrorCustomer } from '../customers/customer-mirror.js';
import type { JobHandler, JobResult } from '../jobs/handlers.js';
import { nothingToDo } from '../jobs/run-job.js';
import { findCustomer } from '../store/customers.js';
import { setStripeDefaultMethod } from '../stripe/customers.js';
import { outcomeUnknown } from '../stripe/gateway.js';

/**
 * Makes a method the default in Stripe, and then ours what Stripe's is. When Stripe refuses, because the method was
 * removed meanwhile, the look that follows shows it. Only Stripe knows which method was chosen last, so a choice that was
 * never answered must have ended before a later one, which waits behind it in its key, is sent.
 */
export const setDefaultPaymentMethod: JobHandler = async (context, job) => {
  const { customerId, stripePaymentMethodId, causeId } = job.payload;
  const customer = await findCustomer(context.db, job.environmentId, String(customerId));
  if (customer === null || customer.deletedAt !== null || customer.providerCustomerId === null) return nothingToDo();
  const connected = await connectionForJob(context, job, customer.connectionId);
  if (!connected.ok) return connected.error;
  if (job.lapses > 0) return { ...CUT_OFF, delayMilliseconds: untilCallsEnded(context) };
  const set = await setStripeDefaultMethod(context.stripe, connected.value.access, {
    id: customer.providerCustomerId,
    methodId: String(stripePaymentMethodId),
    idempotencyKey: `tollbridge ${String(causeId ?? job.id)} default ${job.attempts}`,
  });
  if (!set.ok) {
    const passing = passingResult(context, job, { failure: set.error, connected: connected.value });
    if (passing !== null) return outcomeUnknown(set.error) ? notBeforeItEnded(context, passing) : passing;
  }
  const mirrored = await mirrorCustomer(context, customer, connected.value);
  if (mirrored.ok) return { kind: 'done', changes: mirrored.value };
  const passing = passingResult(context, job, { failure: mirrored.error, connected: connected.value });
  return passing ?? { kind: 'give_up', error: providerErrorOf(mirrored.error) };
};

/** Its process was gone, perhaps in the middle of the call. */
const CUT_OFF = {
  kind: 'later',
  error: {
    code: 'customer_calls_under_way',
    message: 'an earlier call may still end; then the method is chosen again',
  },
  uncounted: true,
} as const;

const notBeforeItEnded = (context: Context, result: JobResult): JobResult =>
  result.kind === 'later'
    ? { ...result, delayMilliseconds: Math.max(result.delayMilliseconds, untilCallsEnded(context)) }
    : result;

function untilCallsEnded({ clock }: Context): number {
  const now = clock.machineNow();
  return callsEndInMilliseconds(now, now);
}
