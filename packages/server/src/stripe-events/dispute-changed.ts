import { applyDispute, type DisputeDecision, newDispute } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { timesOf } from '../collection/load-collection.js';
import type { Context } from '../context.js';
import { addDecided } from '../decided.js';
import { disputeToJson } from '../json/dispute.js';
import { disputesTable, findDisputeByStripeId } from '../store/disputes.js';
import { applyTicket, takeTicket } from '../store/stripe-tickets.js';
import { retrieveStripeDispute } from '../stripe/disputes.js';
import type { StripeEventHandler } from '../stripe-event-handlers.js';
import { laterAfter, PAYMENT_NOT_YET, paymentBehind, WITHOUT_KEYS } from './payment-behind.js';

/** A payer contests a payment, or a contest went on: ours follows what Stripe holds now (EVT-3). */
export const disputeChanged: StripeEventHandler = async (context, event) => {
  const { environmentId, connection, access, objectId } = event;
  if (objectId === null) return { kind: 'foreign' };
  if (access === null) return WITHOUT_KEYS;
  const ticket = await takeTicket(context.db, environmentId, connection.id, objectId);
  const fetched = await retrieveStripeDispute(context.stripe, access, objectId);
  if (!fetched.ok) return fetched.error.kind === 'missing' ? { kind: 'foreign' } : laterAfter(fetched.error);
  const seen = fetched.value;
  const { now } = await timesOf(context, environmentId);
  const reference = { connectionId: connection.id, stripeId: objectId };
  const known = await findDisputeByStripeId(context.db, environmentId, reference);
  if (known !== null) {
    const decision = applyDispute(known, seen, now);
    const changes = new Changes();
    if (decision.dispute !== known) changes.update(disputesTable, decision.dispute);
    return { kind: 'applied', changes: applyTicket(told(context, changes, decision), ticket) };
  }
  const behind = await paymentBehind(context, event, { access, intentId: seen.paymentIntentId });
  if ('kind' in behind) return behind;
  if (behind.payment.status !== 'succeeded') return PAYMENT_NOT_YET;
  const decision = newDispute(behind.payment, { id: context.newId('dispute'), seen, now });
  const changes = new Changes().insert(disputesTable, decision.dispute);
  return { kind: 'applied', changes: applyTicket(told(context, changes, decision), ticket) };
};

const told = (context: Context, changes: Changes, decision: DisputeDecision): Changes =>
  addDecided(context, changes, decision.dispute.environmentId, decision, () => disputeToJson(decision.dispute));
