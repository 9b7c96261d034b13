import type { Result } from '../result.js';
import { type IllegalTransition, type StateTable, transition } from '../transition.js';
import type { InvoicePaymentStatus, InvoiceStatus } from './invoice.js';

/** What can happen to an invoice as a document. */
export type InvoiceEvent = 'finalize' | 'settle' | 'void' | 'mark_uncollectible';

/** What can happen to its collection. */
export type InvoicePaymentEvent = 'process' | 'require_action' | 'succeed' | 'fail' | 'withdraw';

/** `uncollectible` is not the end: late money still pays it, and it can still be taken back, as at Stripe. */
export const INVOICE_STATES: StateTable<InvoiceStatus, InvoiceEvent> = {
  draft: { finalize: 'finalized' },
  finalized: { settle: 'paid', void: 'void', mark_uncollectible: 'uncollectible' },
  uncollectible: { settle: 'paid', void: 'void' },
  paid: {},
  void: {},
};

/** `withdraw` closes an attempt that neither brought money nor failed, so that another can be opened. */
export const INVOICE_PAYMENT_STATES: StateTable<InvoicePaymentStatus, InvoicePaymentEvent> = {
  pending: {
    process: 'processing',
    require_action: 'requires_action',
    succeed: 'succeeded',
    fail: 'failed',
    withdraw: 'pending',
  },
  processing: {
    process: 'processing',
    require_action: 'requires_action',
    succeed: 'succeeded',
    fail: 'failed',
    withdraw: 'pending',
  },
  requires_action: {
    process: 'processing',
    require_action: 'requires_action',
    succeed: 'succeeded',
    fail: 'failed',
    withdraw: 'pending',
  },
  failed: {
    process: 'processing',
    require_action: 'requires_action',
    succeed: 'succeeded',
    fail: 'failed',
    withdraw: 'pending',
  },
  succeeded: {},
};

export type InvoiceTransitionIllegal = IllegalTransition<'invoice_transition_illegal', InvoiceStatus, InvoiceEvent>;
export type InvoicePaymentTransitionIllegal = IllegalTransition<
  'invoice_payment_transition_illegal',
  InvoicePaymentStatus,
  InvoicePaymentEvent
>;

/** The status after the event. Errors: `invoice_transition_illegal` when the table has no such pair. */
export function nextInvoiceStatus(
  state: InvoiceStatus,
  event: InvoiceEvent,
): Result<InvoiceStatus, InvoiceTransitionIllegal> {
  return transition(INVOICE_STATES, { state, event }, 'invoice_transition_illegal');
}

/** The payment status after the event. Errors: `invoice_payment_transition_illegal` when the table has no such pair. */
export function nextInvoicePaymentStatus(
  state: InvoicePaymentStatus,
  event: InvoicePaymentEvent,
): Result<InvoicePaymentStatus, InvoicePaymentTransitionIllegal> {
  return transition(INVOICE_PAYMENT_STATES, { state, event }, 'invoice_payment_transition_illegal');
}
