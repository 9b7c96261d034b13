import { type CollectionPlan, err, invariant, ok, planCollection, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import { collectInvoiceJob } from '../collection/collection-jobs.js';
import { type LoadedCollection, loadCollection } from '../collection/load-collection.js';
import { chargeNotPossible, notCollectable, underWay } from '../collection/payment-problem.js';
import type { Context } from '../context.js';
import { invoiceToJson } from '../json/invoice.js';
import { leasedHere, performJob } from '../perform.js';
import { type Problem, problem } from '../problem.js';
import { findInvoice } from '../store/invoices.js';

/**
 * Tries now to have the invoice paid with what the customer has. The answer is the invoice as it stands then, declined or
 * paid; 202 while Stripe has not answered.
 */
export function payInvoice(context: Context, command: Command, id: string): Promise<Result<Answer, Problem>> {
  const environmentId = command.environment.id;
  return asked(context, command, {
    async decide() {
      const loaded = await loadCollection(context, environmentId, id);
      if (loaded === null) return err(problem('not_found', 'There is no such invoice.'));
      const refusal = refusalOf(loaded, planCollection({ ...loaded, trigger: 'asked' }));
      if (refusal !== null) return err(refusal);
      const of = { environmentId, invoiceId: id, connectionId: loaded.connection?.id ?? null };
      const job = leasedHere(context, collectInvoiceJob(context, of, 'asked'));
      return ok({
        changes: new Changes().enqueue(job),
        audit: [{ action: 'invoice.collection_asked', objectKind: 'invoice', objectId: id, before: null, after: null }],
        outcome: { resumeWith: `${id} ${job.id} ${job.lease?.token ?? ''}` },
      });
    },
    async resume(resourceId) {
      const [invoiceId = '', jobId = '', token = ''] = resourceId.split(' ');
      const performed = await performJob(context, { environmentId, jobId, token });
      const invoice = await findInvoice(context.db, environmentId, invoiceId);
      invariant(invoice !== null, 'a finalized invoice is never deleted');
      return ok({ status: performed.kind === 'waiting' ? 202 : 200, body: invoiceToJson(invoice) });
    },
  });
}

function refusalOf({ invoice }: LoadedCollection, plan: CollectionPlan): Problem | null {
  switch (plan.kind) {
    case 'nothing':
      return notCollectable(invoice);
    case 'wait':
    case 'resume':
      return underWay(plan.payment);
    case 'stand_pending':
      return chargeNotPossible(plan.reason);
    default:
      return null;
  }
}
