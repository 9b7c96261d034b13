import { Changes } from '../changes.js';
import { carryOutPaymentJob, collectInvoiceJob } from '../collection/collection-jobs.js';
import { commit } from '../store/commit.js';
import { listInvoicesLeft } from '../store/invoices.js';
import { listUnansweredLeft } from '../store/money-left.js';
import type { Schedule } from './schedule.js';

const EVERY_MILLISECONDS = 60_000;
/** What a tick leaves, the next one finds. */
const BATCH_MAX = 500;

/** The net under collection: what could go on and is in nobody's hands, for example since a connection is enabled again. */
export const collectDueInvoices: Schedule = {
  name: 'collect-due-invoices',
  everyMilliseconds: EVERY_MILLISECONDS,
  async tick(context) {
    const left = await listInvoicesLeft(context.db, BATCH_MAX);
    const invoices = left.map(({ environmentId, id, connectionId }) =>
      collectInvoiceJob(context, { environmentId, invoiceId: id, connectionId }, 'due'),
    );
    // Nobody collects by itself what was written off, but what was asked for there goes on to its end.
    const unanswered = await listUnansweredLeft(context.db, BATCH_MAX);
    const payments = unanswered.map(({ environmentId, id, invoiceId, connectionId }) =>
      carryOutPaymentJob(context, { environmentId, invoiceId, connectionId, paymentId: id }),
    );
    await commit(context.db, new Changes().enqueue(...invoices, ...payments), context.clock.machineNow());
  },
};
