import type { Invoice, Payment } from '@tollbridge/core';
import { type Problem, problem } from '../problem.js';

export const notCollectable = (invoice: Invoice): Problem =>
  problem('invoice_not_collectable', `The invoice is ${invoice.status}; there is nothing to collect.`, {
    details: { status: invoice.status },
  });

export const chargeNotPossible = (reason: string): Problem =>
  problem('payment_not_possible', `Nothing can be charged now: ${reason}.`, { details: { reason } });

export const underWay = (payment: Payment): Problem =>
  problem('payment_under_way', `The attempt ${payment.id} is under way (${payment.status}).`, {
    details: { payment_id: payment.id, status: payment.status },
  });
