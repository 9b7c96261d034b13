import { Changes } from '../changes.js';
import { collectInvoiceJob } from '../collection/collection-jobs.js';
import type { JobHandler } from '../jobs/handlers.js';
import { findCustomer } from '../store/customers.js';
import { listCollectableInvoicesOfCustomer } from '../store/invoices.js';

/** Open invoices that one new card pays at once; the safety net takes up what is beyond. */
const INVOICES_MAX = 500;

/** A customer has another way to pay: what is pending and what failed is tried with it (INV-4). */
export const collectCustomer: JobHandler = async (context, job) => {
  const { environmentId } = job;
  const customerId = job.payload.customerId as string;
  const customer = await findCustomer(context.db, environmentId, customerId);
  const connectionId = customer?.connectionId ?? null;
  const invoices = await listCollectableInvoicesOfCustomer(context.db, environmentId, {
    customerId,
    limit: INVOICES_MAX,
  });
  const jobs = invoices.map(({ id }) =>
    collectInvoiceJob(context, { environmentId, invoiceId: id, connectionId }, 'new_method'),
  );
  return { kind: 'done', changes: new Changes().enqueue(...jobs) };
};
