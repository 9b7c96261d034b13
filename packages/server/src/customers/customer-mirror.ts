import {
  type Customer,
  type DomainEvent,
  type Instant,
  invariant,
  mirrorPaymentMethods,
  ok,
  providerRemoved,
  type Result,
  type SeenTwin,
} from '@tollbridge/core';
import { Changes } from '../changes.js';
import { businessNow } from '../clock.js';
import type { Context } from '../context.js';
import type { ConnectionWithAccess } from '../store/connections.js';
import { findEnvironment } from '../store/organizations.js';
import { listPaymentMethodsByStripeId, listPaymentMethodsOfCustomer } from '../store/payment-methods.js';
import { applyTicket, takeTicket } from '../store/stripe-tickets.js';
import { fetchTwin } from '../stripe/customers.js';
import type { StripeFailure } from '../stripe/gateway.js';
import { addCustomerChange, stripeActor } from './customer-changes.js';
import { collectCustomerJob } from './customer-jobs.js';

/**
 * Fetches a linked customer as Stripe has him now and gives the changes that make our picture the same: methods,
 * default, or the end of the link when he is gone there. Under a ticket, so that an older look never wins (EVT-3).
 */
export async function mirrorCustomer(
  context: Context,
  customer: Customer,
  { connection, access }: ConnectionWithAccess,
): Promise<Result<Changes, StripeFailure>> {
  const { environmentId, providerCustomerId } = customer;
  invariant(providerCustomerId !== null, 'only a linked customer has a twin to look at');
  const ticket = await takeTicket(context.db, environmentId, connection.id, providerCustomerId);
  const twin = await fetchTwin(context.stripe, access, providerCustomerId);
  const isMissing = !twin.ok && twin.error.kind === 'missing';
  if (!twin.ok && !isMissing) return twin;
  const changes = applyTicket(new Changes(), ticket);
  const now = await businessNowIn(context, environmentId);
  if (!twin.ok || twin.value.kind === 'deleted') return ok(await addRemoval(context, changes, { customer, now }));
  return ok(await addMirror(context, changes, { customer, write: 'update', seen: twin.value.seen, now }));
}

export async function businessNowIn(context: Context, environmentId: string): Promise<Instant> {
  const environment = await findEnvironment(context.db, environmentId);
  invariant(environment !== null, 'what belongs to an environment outlives nothing of it');
  return businessNow(context.clock, environment);
}

async function addRemoval(
  context: Context,
  changes: Changes,
  { customer, now }: { readonly customer: Customer; readonly now: Instant },
): Promise<Changes> {
  const methods = await listPaymentMethodsOfCustomer(context.db, customer.environmentId, customer.id);
  const removed = providerRemoved(customer, methods, now);
  return addCustomerChange(context, changes, {
    customer: removed.customer,
    write: 'update',
    changedMethods: removed.paymentMethods,
    methodsBefore: methods,
    events: removed.events,
    cause: { actor: stripeActor(customer.connectionId ?? ''), before: customer },
  });
}

export interface MirrorPart {
  readonly customer: Customer;
  /** `rewrite`: his row is changed by somebody who asked. His row is written in any case, see `addMirror`. */
  readonly write: 'insert' | 'rewrite' | 'update';
  readonly seen: SeenTwin;
  readonly now: Instant;
  /** What else is told of him in the same commit, before what the look brought. */
  readonly events?: readonly DomainEvent[];
}

/**
 * The changes that a look at Stripe leads to. His row is written also where nothing on it changes: its version is what
 * tells two looks of each other. Without it one could add a card between the other's reading of his cards and its
 * commit, and the card stayed although the other had seen it gone.
 */
export async function addMirror(context: Context, changes: Changes, part: MirrorPart): Promise<Changes> {
  const { customer, seen, now, events = [] } = part;
  const { environmentId, connectionId } = customer;
  invariant(connectionId !== null, 'what was seen in Stripe was seen through a connection');
  const his = await listPaymentMethodsOfCustomer(context.db, environmentId, customer.id);
  const stripeIds = seen.methods
    .map((method) => method.stripeId)
    .filter((stripeId) => !his.some((method) => method.stripeId === stripeId && method.connectionId === connectionId));
  const known = [
    ...his,
    ...(await listPaymentMethodsByStripeId(context.db, { environmentId, connectionId, stripeIds })),
  ];
  const mirrored = mirrorPaymentMethods({ customer, known, seen, now, newId: () => context.newId('paymentMethod') });
  if (mirrored.isWorthCollecting && events.length === 0) changes.enqueue(collectCustomerJob(context, customer));
  return addCustomerChange(context, changes, {
    customer: mirrored.customer,
    write: part.write === 'insert' ? 'insert' : 'update',
    addedMethods: mirrored.added,
    changedMethods: mirrored.changed,
    methodsBefore: known,
    events: [...events, ...mirrored.events],
    // Where he is written as well, somebody asked for it, and the request's own entry says so.
    ...(part.write === 'update' ? { cause: { actor: stripeActor(connectionId), before: customer } } : {}),
  });
}
