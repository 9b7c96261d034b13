import { err, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import type { Context } from '../context.js';
import { type CustomerWish, decideCustomerWrite, resumeCustomerWrite } from '../customers/customer-writing.js';
import { type Problem, problem } from '../problem.js';
import { findCustomerWithConnection } from '../store/customer-with-connection.js';

/** Changes a customer by our id. */
export function updateCustomer(
  context: Context,
  command: Command,
  request: { readonly id: string; readonly wish: CustomerWish },
): Promise<Result<Answer, Problem>> {
  const { id, wish } = request;
  return asked(context, command, {
    async decide() {
      const wanted = { key: { id }, connectionCode: wish.connectionCode };
      const { customer: existing, connection } = await findCustomerWithConnection(
        context.db,
        command.environment.id,
        wanted,
      );
      if (existing === null) return err(problem('not_found', 'There is no such customer.'));
      if (existing.deletedAt !== null)
        return err(problem('customer_deleted', 'This customer was deleted and can no longer be changed.'));
      const { environmentId, externalId } = existing;
      const identity = { environmentId, id, externalId };
      return decideCustomerWrite(context, command, { existing, connection, identity, wish });
    },
    resume: (resourceId) => resumeCustomerWrite(context, command, resourceId),
  });
}
