import { expect, test } from 'vitest';
import { instantOf } from '../time/instant.js';
import type { Invoice } from './invoice.js';
import { markOverdue } from './overdue.js';

const due = instantOf(10_000);
const invoice = {
  id: 'inv_1',
  customerId: 'cus_1',
  status: 'finalized',
  dueAt: due,
  overdueAt: null,
  totalMinor: 1_500n,
  paidMinor: 0n,
  creditedMinor: 0n,
} as Partial<Invoice> as Invoice;

test.each([
  ['at its due moment', {}, 10_000, true],
  ['long after it', {}, 99_000, true],
  ['paid in part', { paidMinor: 1_000n }, 10_000, true],
  ['a moment before', {}, 9_999, false],
  ['without a due moment', { dueAt: null }, 99_000, false],
  ['said before', { overdueAt: due }, 99_000, false],
  ['credited whole', { creditedMinor: 1_500n }, 99_000, false],
  ['a draft', { status: 'draft' }, 99_000, false],
  ['paid', { status: 'paid', paidMinor: 1_500n }, 99_000, false],
  ['taken back', { status: 'void' }, 99_000, false],
  ['written off', { status: 'uncollectible' }, 99_000, false],
] as const)('INV-12: an invoice %s', (_what, change, now, isOverdue) => {
  const decision = markOverdue({ ...invoice, ...(change as Partial<Invoice>) }, instantOf(now));
  expect(decision?.invoice.overdueAt ?? null).toBe(isOverdue ? now : null);
  expect(decision?.events.map(({ type }) => type) ?? []).toEqual(isOverdue ? ['invoice.overdue'] : []);
});
