import { deleteCustomer as decideDeletion, err, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command, nowOf } from '../asked.js';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { addCustomerChange } from '../customers/customer-changes.js';
import {
  createStripeCustomerJob,
  deleteStripeCustomerJob,
  eraseCustomerTracesJob,
} from '../customers/customer-jobs.js';
import { customerToJson } from '../json/customer.js';
import { type Problem, problem } from '../problem.js';
import { countInvoicesOfCustomer } from '../store/customer-books.js';
import { findCustomer } from '../store/customers.js';
import { listPaymentMethodsOfCustomer } from '../store/payment-methods.js';

export interface DeleteCustomerInput {
  readonly id: string;
  readonly inStripe: 'keep' | 'delete';
  readonly erase: boolean;
  /** Whether invoices that are still owed may stay; nobody collects them from him any more. */
  readonly openInvoices: 'refuse' | 'keep';
}

/** Deletes or erases a customer, here and if wanted in Stripe, and says what stays for the books (CUS-7). */
export function deleteCustomer(
  context: Context,
  command: Command,
  input: DeleteCustomerInput,
): Promise<Result<Answer, Problem>> {
  const environmentId = command.environment.id;
  return asked(context, command, {
    async decide() {
      const customer = await findCustomer(context.db, environmentId, input.id);
      if (customer === null) return err(problem('not_found', 'There is no such customer.'));
      const books = await countInvoicesOfCustomer(context.db, environmentId, input.id);
      if (books.open > 0 && input.openInvoices === 'refuse')
        return err(
          problem(
            'customer_has_open_invoices',
            `${books.open} of his invoices are open. Close them first, or send open_invoices: "keep".`,
            { details: { invoices: books } },
          ),
        );
      const methods = await listPaymentMethodsOfCustomer(context.db, environmentId, input.id);
      const { inStripe, erase } = input;
      const deleted = decideDeletion({ customer, methods, inStripe, erase, now: nowOf(context, command) });
      const isNews = deleted.events.length > 0;
      const changes = addCustomerChange(context, new Changes(), {
        customer: deleted.customer,
        write: isNews ? 'update' : 'none',
        changedMethods: deleted.paymentMethods,
        events: deleted.events,
      });
      if (input.openInvoices === 'refuse')
        changes.require({ kind: 'customer_owes_nothing', environmentId, id: input.id });
      // A making that gave up is first asked about: only then is it known whether there is a twin.
      const hasGivenUp = customer.providerBegunAt !== null && customer.providerError !== null;
      if (hasGivenUp) changes.enqueue(createStripeCustomerJob(context, deleted.customer, 'bulk'));
      if (deleted.isToBeDeletedInStripe) changes.enqueue(deleteStripeCustomerJob(context, deleted.customer));
      if (erase && isNews) changes.enqueue(eraseCustomerTracesJob(context, customer));
      const body = {
        ...customerToJson(deleted.customer),
        in_stripe: deleted.isToBeDeletedInStripe ? 'being_deleted' : inStripe === 'keep' ? 'kept' : 'nothing_there',
        remaining_invoices: books,
      };
      // Of an erased customer the audit log keeps that it was done, and nothing of who he was.
      const before = erase ? null : customerToJson(customer);
      const after = { deleted_at: body.deleted_at, in_stripe: body.in_stripe, erased: erase };
      const entry = {
        action: erase ? 'customer.erased' : 'customer.deleted',
        objectKind: 'customer',
        objectId: input.id,
      };
      return ok({
        changes,
        audit: isNews || deleted.isToBeDeletedInStripe ? [{ ...entry, before, after }] : [],
        outcome: { answer: { status: 200, body } },
      });
    },
  });
}
