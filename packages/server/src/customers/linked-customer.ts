import { type Connection, type Customer, err, ok, type Result } from '@tollbridge/core';
import type { Command } from '../asked.js';
import type { Context } from '../context.js';
import { type Problem, problem } from '../problem.js';
import { findConnection, findDefaultConnection } from '../store/connections.js';
import { findCustomer } from '../store/customers.js';

/** The customer of a request that is about to change something of his; refused when there is none, or he is deleted. */
export async function livingCustomer(
  context: Context,
  command: Command,
  id: string,
): Promise<Result<Customer, Problem>> {
  const customer = await findCustomer(context.db, command.environment.id, id);
  if (customer === null) return err(problem('not_found', 'There is no such customer.'));
  if (customer.deletedAt !== null)
    return err(problem('customer_deleted', 'This customer was deleted and can no longer be changed.'));
  return ok(customer);
}

/** The connection he is or would be linked through; refused when it is lost or there is none. */
export async function connectionFor(
  context: Context,
  command: Command,
  customer: Customer,
): Promise<Result<Connection, Problem>> {
  const { connectionId } = customer;
  const connection =
    connectionId === null
      ? await findDefaultConnection(context.db, command.environment.id)
      : await findConnection(context.db, command.environment.id, connectionId);
  if (connection === null)
    return err(problem('payment_provider_not_connected', 'Connect Stripe first: there the payment methods lie.'));
  if (connection.status === 'disconnected')
    return err(problem('payment_provider_not_connected', 'The connection to Stripe is lost. Reconnect it first.'));
  return ok(connection);
}
