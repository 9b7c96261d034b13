import { expect, test } from 'vitest';
import type { InvoicePaymentStatus, InvoiceStatus } from './invoice.js';
import {
  INVOICE_PAYMENT_STATES,
  INVOICE_STATES,
  type InvoiceEvent,
  type InvoicePaymentEvent,
  nextInvoicePaymentStatus,
  nextInvoiceStatus,
} from './states.js';

const statuses = Object.keys(INVOICE_STATES) as InvoiceStatus[];
const events: InvoiceEvent[] = ['finalize', 'settle', 'void', 'mark_uncollectible'];
const legal: readonly (readonly [InvoiceStatus, InvoiceEvent, InvoiceStatus])[] = [
  ['draft', 'finalize', 'finalized'],
  ['finalized', 'settle', 'paid'],
  ['finalized', 'void', 'void'],
  ['finalized', 'mark_uncollectible', 'uncollectible'],
  ['uncollectible', 'settle', 'paid'],
  ['uncollectible', 'void', 'void'],
];

test.each(legal)('INV-1: an invoice that is %s: %s makes it %s', (state, event, next) => {
  expect(nextInvoiceStatus(state, event)).toEqual({ ok: true, value: next });
});

const illegal = statuses.flatMap((state) =>
  events
    .filter((event) => !legal.some(([from, by]) => from === state && by === event))
    .map((event) => [state, event] as const),
);

test.each(illegal)('INV-1: an invoice that is %s: %s is refused', (state, event) => {
  expect(nextInvoiceStatus(state, event)).toEqual({
    ok: false,
    error: { code: 'invoice_transition_illegal', state, event },
  });
});

const targets: readonly (readonly [InvoicePaymentEvent, InvoicePaymentStatus])[] = [
  ['process', 'processing'],
  ['require_action', 'requires_action'],
  ['succeed', 'succeeded'],
  ['fail', 'failed'],
  ['withdraw', 'pending'],
];
const paymentStatuses = Object.keys(INVOICE_PAYMENT_STATES) as InvoicePaymentStatus[];

test.each(targets)('INV-1: %s leads every collection that has not succeeded to %s', (event, target) => {
  for (const state of paymentStatuses.filter((each) => each !== 'succeeded')) {
    expect(nextInvoicePaymentStatus(state, event)).toEqual({ ok: true, value: target });
  }
});

test.each(targets)('%s changes nothing once the money is there', (event) => {
  expect(nextInvoicePaymentStatus('succeeded', event)).toEqual({
    ok: false,
    error: { code: 'invoice_payment_transition_illegal', state: 'succeeded', event },
  });
});
