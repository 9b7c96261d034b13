import type { Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import type { Context } from '../context.js';
import { type CustomerWish, decideCustomerWrite, resumeCustomerWrite } from '../customers/customer-writing.js';
import type { Problem } from '../problem.js';
import { findCustomerWithConnection } from '../store/customer-with-connection.js';

/**
 * Makes the customer of this external id, or changes the one there is (CUS-1). Two at once: one makes, the other finds
 * what was made and changes it.
 */
export function upsertCustomer(
  context: Context,
  command: Command,
  request: { readonly externalId: string; readonly wish: CustomerWish },
): Promise<Result<Answer, Problem>> {
  const { externalId, wish } = request;
  const environmentId = command.environment.id;
  return asked(context, command, {
    async decide() {
      const wanted = { key: { externalId }, connectionCode: wish.connectionCode };
      const found = await findCustomerWithConnection(context.db, environmentId, wanted);
      const identity = { environmentId, id: context.newId('customer'), externalId };
      return decideCustomerWrite(context, command, {
        existing: found.customer,
        connection: found.connection,
        identity,
        wish,
      });
    },
    resume: (resourceId) => resumeCustomerWrite(context, command, resourceId),
  });
}
