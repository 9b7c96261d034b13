import {
  applyRefund,
  type Instant,
  invariant,
  isMadeAfterAll,
  ok,
  type RefundRows,
  recordRefundMadeAtStripe,
  reopenRefund,
} from '@tollbridge/core';
import { Changes } from '../changes.js';
import { timesOf } from '../collection/load-collection.js';
import type { Context } from '../context.js';
import { loadRefund, loadRefundable } from '../refunds/load-refund.js';
import { addNewRefund, addRefundOutcome } from '../refunds/refund-changes.js';
import { findRefundByStripeId } from '../store/refunds.js';
import { applyTicket, takeTicket } from '../store/stripe-tickets.js';
import type { StripeAccess } from '../stripe/gateway.js';
import { REFUND_ENVIRONMENT_STAMP, REFUND_STAMP, retrieveStripeRefund, type StripeRefund } from '../stripe/refunds.js';
import type { StripeEvent, StripeEventHandler, StripeEventResult } from '../stripe-event-handlers.js';
import { laterAfter, PAYMENT_NOT_YET, paymentBehind, WITHOUT_KEYS } from './payment-behind.js';

/** A refund was made, went through or came back, whoever made it: ours follows what Stripe holds now (EVT-3). */
export const refundChanged: StripeEventHandler = async (context, event) => {
  const { environmentId, connection, access, objectId } = event;
  if (objectId === null) return { kind: 'foreign' };
  if (access === null) return WITHOUT_KEYS;
  const ticket = await takeTicket(context.db, environmentId, connection.id, objectId);
  const fetched = await retrieveStripeRefund(context.stripe, access, objectId);
  if (!fetched.ok) return fetched.error.kind === 'missing' ? { kind: 'foreign' } : laterAfter(fetched.error);
  const seen = fetched.value;
  const rows = await rowsOf(context, event, seen);
  if (rows === null) return adopt(context, event, { seen, access, ticket });
  const { now } = await timesOf(context, environmentId);
  const decided = isMadeAfterAll(rows.refund, seen)
    ? await reopened(context, rows, { seen, now })
    : ok(applyRefund(rows, seen, now));
  if (!decided.ok) return waitsForOthers(decided.error.code);
  const decision = decided.value;
  const changes = addRefundOutcome(context, new Changes(), { before: rows, decision });
  return { kind: 'applied', changes: applyTicket(changes, ticket) };
};

async function reopened(
  context: Context,
  rows: RefundRows,
  { seen, now }: { readonly seen: StripeRefund; readonly now: Instant },
): Promise<ReturnType<typeof reopenRefund>> {
  const facts = await loadRefundable(context, rows.refund.environmentId, rows.refund.paymentId);
  invariant(facts !== null, 'a refund is of a payment');
  return reopenRefund({ rows, facts }, seen, now);
}

const waitsForOthers = (code: string): StripeEventResult => ({
  kind: 'later',
  code,
  message: 'other refunds are not decided yet',
});

/**
 * Ours by Stripe's id, or by our stamp where Stripe told of it before our own call was answered. A stamp on a second
 * refund, or on another amount or payment, is a copy: that one was made at Stripe by somebody.
 */
async function rowsOf(context: Context, event: StripeEvent, seen: StripeRefund): Promise<RefundRows | null> {
  const { environmentId, connection } = event;
  const reference = { connectionId: connection.id, stripeId: seen.stripeId };
  const known = await findRefundByStripeId(context.db, environmentId, reference);
  const stamped = seen.metadata[REFUND_ENVIRONMENT_STAMP] === environmentId ? seen.metadata[REFUND_STAMP] : undefined;
  const id = known?.id ?? stamped;
  const rows = id === undefined ? null : await loadRefund(context, environmentId, id);
  if (rows === null || rows.refund.connectionId !== connection.id) return null;
  const { stripeRefundId, stripePaymentIntentId, amountMinor } = rows.refund;
  const isAsAsked = seen.paymentIntentId === stripePaymentIntentId && seen.amountMinor === amountMinor;
  return stripeRefundId === seen.stripeId || (stripeRefundId === null && isAsAsked) ? rows : null;
}

interface Unknown {
  readonly seen: StripeRefund;
  readonly access: StripeAccess;
  readonly ticket: Awaited<ReturnType<typeof takeTicket>>;
}

/** Somebody gave money of one of our payments back at Stripe: it is entered as a refund of ours. */
async function adopt(context: Context, event: StripeEvent, unknown: Unknown): Promise<StripeEventResult> {
  const { environmentId } = event;
  const { seen, ticket } = unknown;
  const behind = await paymentBehind(context, event, { access: unknown.access, intentId: seen.paymentIntentId });
  if ('kind' in behind) return behind;
  // It came and went before we heard of it: nothing moved in the end.
  if (seen.status === 'failed' || seen.status === 'canceled') return { kind: 'applied', changes: new Changes() };
  const facts = await loadRefundable(context, environmentId, behind.payment.id);
  if (facts === null || facts.payment.status !== 'succeeded') return PAYMENT_NOT_YET;
  const made = {
    id: context.newId('refund'),
    stripeRefundId: seen.stripeId,
    amountMinor: seen.amountMinor,
    status: seen.status,
    metadata: {},
  };
  const decision = recordRefundMadeAtStripe(facts, made, await timesOf(context, environmentId));
  if (!decision.ok) return waitsForOthers(decision.error.code);
  return { kind: 'applied', changes: applyTicket(addNewRefund(context, new Changes(), decision.value), ticket) };
}
