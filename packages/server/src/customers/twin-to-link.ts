import { type Connection, err, ok, type Result, type SeenTwin } from '@tollbridge/core';
import type { Command } from '../asked.js';
import type { Context } from '../context.js';
import { type Problem, problem } from '../problem.js';
import { findConnectionWithAccess } from '../store/connections.js';
import { findCustomerByProviderId } from '../store/customers.js';
import { type StripeTicket, takeTicket } from '../store/stripe-tickets.js';
import { fetchTwin } from '../stripe/customers.js';
import { isPassing, type StripeFailure } from '../stripe/gateway.js';

export interface TwinToLink {
  readonly connection: Connection;
  readonly providerCustomerId: string;
  /** Who is to be linked; null while he is being made. */
  readonly customerId: string | null;
}

/**
 * Checks that a customer in Stripe can become somebody's twin (CUS-4): nobody else's, there, not deleted, of the right
 * mode; and reads its payment methods.
 */
export async function lookAtTwin(
  context: Context,
  command: Command,
  { connection, providerCustomerId, customerId }: TwinToLink,
): Promise<Result<{ readonly seen: SeenTwin; readonly ticket: StripeTicket }, Problem>> {
  const environmentId = command.environment.id;
  const reference = { environmentId, connectionId: connection.id, providerCustomerId };
  const holder = await findCustomerByProviderId(context.db, reference);
  if (holder !== null && holder.id !== customerId)
    return err(
      problem(
        'provider_customer_linked_already',
        `The customer ${holder.externalId} (${holder.id}) is linked to ${providerCustomerId} in Stripe already. Two cannot share one.`,
        { param: 'provider_customer_id', details: { customer_id: holder.id, external_id: holder.externalId } },
      ),
    );
  const connected = await findConnectionWithAccess(context, environmentId, connection.id);
  if (connected === null || connected.connection.status === 'disconnected')
    return err(problem('payment_provider_not_connected', 'The connection to Stripe is lost. Reconnect it first.'));
  const ticket = await takeTicket(context.db, environmentId, connection.id, providerCustomerId);
  const twin = await fetchTwin(context.stripe, connected.access, providerCustomerId);
  if (!twin.ok) return err(problemOfLook(twin.error, providerCustomerId));
  if (twin.value.kind === 'deleted')
    return err(
      problem('provider_customer_deleted', `The customer ${providerCustomerId} was deleted in Stripe.`, {
        param: 'provider_customer_id',
      }),
    );
  if (twin.value.livemode !== connection.livemode)
    return err(
      problem('provider_customer_wrong_mode', `The customer ${providerCustomerId} belongs to Stripe's other mode.`, {
        param: 'provider_customer_id',
      }),
    );
  return ok({ seen: twin.value.seen, ticket });
}

function problemOfLook(failure: StripeFailure, providerCustomerId: string): Problem {
  if (failure.kind === 'missing')
    return problem(
      'provider_customer_missing',
      `The connected Stripe account has no customer ${providerCustomerId} in this mode.`,
      { param: 'provider_customer_id' },
    );
  return problemOfFailure(failure);
}

/** What a person is told when Stripe brought no answer, or one against us, while he waited. */
export function problemOfFailure(failure: StripeFailure): Problem {
  if (isPassing(failure))
    return problem('stripe_unreachable', 'Stripe gave no answer just now. Nothing was done; try again.');
  return problem('stripe_refused', `Stripe refused: ${failure.message}`, {
    details: { code: failure.code ?? failure.kind, request_id: failure.requestId },
  });
}
