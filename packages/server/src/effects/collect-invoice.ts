import {
  type CollectionPlan,
  type CollectionTrigger,
  cancelAttempt,
  confirmAttemptAgain,
  failCollection,
  invariant,
  openAttempt,
  type Payment,
  planCollection,
  standPending,
  type Times,
} from '@tollbridge/core';
import type { Changes } from '../changes.js';
import { changesOfAttempt } from '../collection/attempt-outcome.js';
import { type CarriedOn, carriedOn, commitIntent } from '../collection/carried-on.js';
import { carryOutPayment } from '../collection/carry-out-payment.js';
import { type LoadedCollection, loadCollection, timesOf } from '../collection/load-collection.js';
import type { Context } from '../context.js';
import type { JobHandler, JobResult } from '../jobs/handlers.js';
import type { Job } from '../jobs/queue.js';
import { backoffMilliseconds, nothingToDo } from '../jobs/run-job.js';

/** Withdraw, open, call, ask, call again: no way through a collection is longer. */
const STEPS_MAX = 12;

/**
 * Tries to have an invoice paid. Each step looks at the rows as they are now, which is the last look before charging
 * (INV-7); what is to be done at Stripe is committed before it is done, and done from what was committed.
 */
export const collectInvoice: JobHandler = async (context, job) => {
  const invoiceId = job.payload.invoiceId as string;
  const trigger = job.payload.trigger as CollectionTrigger;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const loaded = await loadCollection(context, job.environmentId, invoiceId);
    if (loaded === null) return nothingToDo();
    const next = await carryOut(context, { job, loaded, plan: planCollection({ ...loaded, trigger }) });
    if (next !== 'look_again') return next;
  }
  const error = { code: 'collection_unsettled', message: 'the invoice kept changing while it was collected' };
  return { kind: 'later', delayMilliseconds: backoffMilliseconds(context, job.attempts), error };
};

interface Planned {
  readonly job: Job;
  readonly loaded: LoadedCollection;
  readonly plan: CollectionPlan;
}

async function carryOut(context: Context, { job, loaded, plan }: Planned): Promise<CarriedOn> {
  const { invoice } = loaded;
  const before = { invoice, payment: null };
  switch (plan.kind) {
    case 'nothing':
    case 'wait':
      return nothingToDo();
    case 'stand_pending':
      return done(await changesOfAttempt(context, before, standPending(invoice, plan.reason)));
    case 'fail':
      return done(await changesOfAttempt(context, before, failCollection(invoice, plan.error)));
    case 'resume':
      return carriedOn(context, job, {
        payment: plan.payment,
        carried: await carryOutPayment(context, { invoice, payment: plan.payment }),
        // A withdrawal makes room for what was to be done in its place.
        thenLookAgain: plan.payment.status === 'canceling',
      });
    default:
      return begin(context, { loaded, plan });
  }
}

const done = (changes: Changes): JobResult => ({ kind: 'done', changes });

type Beginning = Extract<CollectionPlan, { kind: 'open' | 'confirm_again' | 'cancel_first' }>;

/** Commits to a call; the next look finds it in the rows and makes it. */
async function begin(
  context: Context,
  { loaded, plan }: { readonly loaded: LoadedCollection; readonly plan: Beginning },
): Promise<CarriedOn> {
  const times = await timesOf(context, loaded.invoice.environmentId);
  const decision = decisionOf(context, { loaded, plan, times });
  const payment = plan.kind === 'open' ? null : plan.payment;
  const changes = await changesOfAttempt(context, { invoice: loaded.invoice, payment }, decision);
  return commitIntent(context, changes);
}

function decisionOf(
  context: Context,
  { loaded, plan, times }: { readonly loaded: LoadedCollection; readonly plan: Beginning; readonly times: Times },
) {
  const { invoice, payer, connection } = loaded;
  if (plan.kind === 'cancel_first') return cancelAttempt(invoice, plan.payment, times);
  if (plan.kind === 'confirm_again') {
    return confirmAttemptAgain(invoice, plan.payment, { method: plan.method, returnUrl: null, times });
  }
  invariant(payer !== null && connection !== null, 'an attempt is opened for a payer with a connection');
  const facts = {
    environmentId: invoice.environmentId,
    id: context.newId('payment'),
    invoiceId: invoice.id,
    customerId: invoice.customerId,
    connectionId: connection.id,
    kind: 'automatic' as const satisfies Payment['kind'],
    amountMinor: plan.amountMinor,
    currency: invoice.currency,
    stripeCustomerId: payer.customer.providerCustomerId,
    stripePaymentMethodId: plan.method.stripeId,
  };
  return openAttempt(invoice, facts, times);
}
