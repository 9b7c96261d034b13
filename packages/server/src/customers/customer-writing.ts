import {
  type Connection,
  type Customer,
  type CustomerInput,
  type CustomerWritten,
  detachAll,
  err,
  invariant,
  ok,
  type Result,
  type SeenTwin,
  writeCustomer,
} from '@tollbridge/core';
import { type Answer, type Command, type Decision, nowOf } from '../asked.js';
import { Changes, type NewJob } from '../changes.js';
import type { Context } from '../context.js';
import { customerToJson } from '../json/customer.js';
import { leasedHere, performJob } from '../perform.js';
import { type Problem, problem } from '../problem.js';
import { findCustomer } from '../store/customers.js';
import { listPaymentMethodsOfCustomer } from '../store/payment-methods.js';
import { applyTicket, type StripeTicket, takeTicket } from '../store/stripe-tickets.js';
import { addCustomerChange } from './customer-changes.js';
import {
  collectCustomerJob,
  createStripeCustomerJob,
  releaseStripeCustomerJob,
  updateStripeCustomerJob,
} from './customer-jobs.js';
import { addMirror } from './customer-mirror.js';
import { lookAtTwin } from './twin-to-link.js';

export interface CustomerWish {
  readonly input: CustomerInput;
  /** The code of the connection he shall belong to; null leaves it at his own, or the default one. */
  readonly connectionCode: string | null;
  /** What Stripe must be told is told before the answer, not in the background. */
  readonly isAtOnce: boolean;
}

export interface CustomerWrite {
  readonly existing: Customer | null;
  /** The one the wish names, or else his own, or else the default one. */
  readonly connection: Connection | null;
  readonly identity: { readonly environmentId: string; readonly id: string; readonly externalId: string };
  readonly wish: CustomerWish;
}

/** The way of every write of a customer, new or known: what upsert and change share. */
export async function decideCustomerWrite(
  context: Context,
  command: Command,
  write: CustomerWrite,
): Promise<Result<Decision, Problem>> {
  const { existing, connection, identity, wish } = write;
  if (wish.connectionCode !== null && connection === null) return err(refusalOf('payment_provider_not_connected'));
  const link = await linkOf(context, command, write);
  if (!link.ok) return link;
  const written = writeCustomer({
    existing,
    identity,
    input: wish.input,
    connection,
    now: nowOf(context, command),
    machineNow: context.clock.machineNow(),
  });
  if (!written.ok) return err(refusalOf(written.error.code));
  const changes = await changesOf(context, command, { existing, written: written.value, link: link.value });
  return ok(decisionOf(context, { write, written: written.value, changes }));
}

interface Link {
  readonly seen: SeenTwin;
  readonly ticket: StripeTicket;
}

/** Looks at the customer in Stripe that is named, before anything is decided; null when none is, or he is linked to it. */
async function linkOf(
  context: Context,
  command: Command,
  { existing, connection, wish }: CustomerWrite,
): Promise<Result<Link | null, Problem>> {
  const wanted = wish.input.providerCustomerId;
  if (typeof wanted !== 'string') return ok(null);
  if (connection === null) return err(refusalOf('payment_provider_not_connected'));
  if (existing?.providerCustomerId === wanted && existing.connectionId === connection.id) return ok(null);
  return lookAtTwin(context, command, { connection, providerCustomerId: wanted, customerId: existing?.id ?? null });
}

interface WrittenParts {
  readonly existing: Customer | null;
  readonly written: CustomerWritten;
  readonly link: Link | null;
}

async function changesOf(
  context: Context,
  command: Command,
  { existing, written, link }: WrittenParts,
): Promise<Changes> {
  const { customer, events } = written;
  const changes = new Changes();
  const isNews = events.length > 0;
  if (written.isTwinReplaced && existing !== null) changes.enqueue(releaseStripeCustomerJob(context, existing));
  if (link !== null) {
    applyTicket(changes, link.ticket).enqueue(collectCustomerJob(context, customer));
    const write = existing === null ? 'insert' : 'rewrite';
    const now = nowOf(context, command);
    return addMirror(context, changes, { customer, write, seen: link.seen, now, events });
  }
  const released = written.isTwinReplaced ? await letGo(context, command, { existing, changes }) : null;
  return addCustomerChange(context, changes, {
    customer,
    write: existing === null ? 'insert' : isNews ? 'update' : 'none',
    changedMethods: released?.paymentMethods ?? [],
    events: [...events, ...(released?.events ?? [])],
  });
}

/** His methods lie with the twin he had; a look at it that is under way must not bring them back. */
async function letGo(
  context: Context,
  command: Command,
  { existing, changes }: { readonly existing: Customer | null; readonly changes: Changes },
): Promise<ReturnType<typeof detachAll>> {
  invariant(existing?.providerCustomerId != null && existing.connectionId !== null, 'only a linked customer is let go');
  const { environmentId, connectionId, providerCustomerId } = existing;
  applyTicket(changes, await takeTicket(context.db, environmentId, connectionId, providerCustomerId));
  const methods = await listPaymentMethodsOfCustomer(context.db, environmentId, existing.id);
  return detachAll(methods, nowOf(context, command));
}

interface DecisionParts {
  readonly write: CustomerWrite;
  readonly written: CustomerWritten;
  readonly changes: Changes;
}

function decisionOf(context: Context, { write, written, changes }: DecisionParts): Decision {
  const { existing, wish } = write;
  const { customer, events } = written;
  const status = existing === null ? 201 : 200;
  const job = jobOf(context, written, wish.isAtOnce);
  if (job !== null) changes.enqueue(job);
  const entry = {
    action: existing === null ? 'customer.created' : 'customer.updated',
    objectKind: 'customer',
    objectId: customer.id,
    before: existing === null ? null : customerToJson(existing),
    after: customerToJson(customer),
  };
  return {
    changes,
    audit: events.length === 0 ? [] : [entry],
    outcome:
      job === null || job.lease === null
        ? { answer: { status, body: customerToJson(customer) } }
        : { resumeWith: [status, customer.id, job.id, job.lease.token].join(' ') },
  };
}

function jobOf(context: Context, written: CustomerWritten, isAtOnce: boolean): NewJob | null {
  const { customer, isToBeCreated, isToBePushed } = written;
  if (!isToBeCreated && !isToBePushed) return null;
  const lane = isAtOnce ? 'money' : 'bulk';
  const job = isToBeCreated
    ? createStripeCustomerJob(context, customer, lane)
    : updateStripeCustomerJob(context, customer, lane);
  return isAtOnce ? leasedHere(context, job) : job;
}

/** Does in Stripe what was asked for at once, and answers with the customer as he then is. */
export async function resumeCustomerWrite(
  context: Context,
  command: Command,
  resourceId: string,
): Promise<Result<Answer, Problem>> {
  const [status = '', customerId = '', jobId = '', token = ''] = resourceId.split(' ');
  const environmentId = command.environment.id;
  const performed = await performJob(context, { environmentId, jobId, token });
  const customer = await findCustomer(context.db, environmentId, customerId);
  invariant(customer !== null, 'customers are never removed');
  return ok({ status: performed.kind === 'waiting' ? 202 : Number(status), body: customerToJson(customer) });
}

const REFUSALS = {
  payment_provider_not_connected: 'Connect Stripe first, or name the code of a connection that this environment has.',
  customer_creation_under_way:
    'The customer is being made in Stripe at this moment. Try again when his provider_status is no longer "creating".',
  customer_connection_fixed:
    'The customer is linked through another connection. Give the provider_customer_id he has in the new one, or null.',
};

const refusalOf = (code: keyof typeof REFUSALS): Problem => problem(code, REFUSALS[code]);
