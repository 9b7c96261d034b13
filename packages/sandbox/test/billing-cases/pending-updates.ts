import { type BillingCase, changed, docs, monthly, type Params, subscribed } from './billing-case.js';

const page = docs('/billing/subscriptions/pending-updates');
const invoices = docs('/billing/invoices/subscription');
const prices = { ten: monthly(1000), twenty: monthly(2000) };

const pendingUpgrade: Params = {
  items: [changed({ price: '@price:twenty' })],
  payment_behavior: 'pending_if_incomplete',
  proration_behavior: 'always_invoice',
};

/** A card that pays once is replaced by one that never does. */
const declining = { at: '2026-04-16', card: 'pm_card_chargeCustomerFail' };

export const pendingUpdateCases: readonly BillingCase[] = [
  {
    promise: 'a pending update is applied when its invoice is paid',
    page: `${page}#update-subscription`,
    start: '2026-04-01',
    prices,
    steps: [
      { create: subscribed('ten') },
      { at: '2026-04-16', update: pendingUpgrade, expect: { total: 500, paid: 500, pendingUpdate: false } },
      { at: '2026-05-01T02:00', expect: { total: 2000 } },
    ],
  },
  {
    promise: 'and waits when it is not; after 23 hours its invoice is void and nothing has changed',
    page: `${page}#expired-updates`,
    start: '2026-04-01',
    prices,
    steps: [
      { create: subscribed('ten') },
      declining,
      { update: pendingUpgrade, expect: { total: 500, invoiceStatus: 'open', pendingUpdate: true, status: 'active' } },
      { at: '2026-04-16T22:00', expect: { pendingUpdate: true } },
      { at: '2026-04-16T23:30', expect: { invoiceStatus: 'void', pendingUpdate: false } },
      { card: 'pm_card_visa' },
      { at: '2026-05-01T02:00', expect: { lines: [1000], total: 1000 } },
    ],
  },
  {
    promise: 'its invoice, paid later with another card, applies it',
    page: `${page}#handle-failed-payments`,
    start: '2026-04-01',
    prices,
    steps: [
      { create: subscribed('ten') },
      declining,
      { update: pendingUpgrade, expect: { pendingUpdate: true } },
      { card: 'pm_card_visa' },
      { payNewest: true, expect: { paid: 500, invoiceStatus: 'paid', pendingUpdate: false } },
      { at: '2026-05-01T02:00', expect: { lines: [2000] } },
    ],
  },
  {
    promise: 'an unpaid update without that behaviour is applied and the subscription past due',
    page: docs('/billing/subscriptions/change-price#immediate-payment'),
    start: '2026-04-01',
    prices,
    steps: [
      { create: subscribed('ten') },
      declining,
      {
        update: { items: [changed({ price: '@price:twenty' })], proration_behavior: 'always_invoice' },
        expect: { total: 500, invoiceStatus: 'open', status: 'past_due' },
      },
    ],
  },
  {
    promise: 'a first invoice that is not paid leaves the subscription incomplete, and voiding it ends it',
    page: `${invoices}#void-the-first-invoice-of-a-subscription`,
    start: '2026-04-01',
    prices,
    customer: { card: 'pm_card_chargeCustomerFail' },
    steps: [
      { create: subscribed('ten'), expect: { status: 'incomplete', invoiceStatus: 'open', paid: 0 } },
      { voidNewest: true, expect: { invoiceStatus: 'void', status: 'incomplete_expired' } },
    ],
  },
  {
    promise: 'a renewal is a draft for an hour and then charged',
    page: `${invoices}#subscription-renewal-invoices`,
    start: '2026-04-01',
    prices,
    steps: [
      { create: subscribed('ten') },
      {
        at: '2026-05-01T00:30',
        expect: { invoiceStatus: 'draft', total: 1000, paid: 0, reason: 'subscription_cycle' },
      },
      { at: '2026-05-01T01:30', expect: { invoiceStatus: 'paid', paid: 1000 } },
    ],
  },
  {
    promise: 'something sold once joins the first invoice',
    page: `${invoices}#add-extra-invoice-items-to-a-future-invoice`,
    start: '2026-04-01',
    prices: { ...prices, once: { unit_amount: 700 } },
    steps: [
      {
        create: subscribed('ten', { add_invoice_items: [{ price: '@price:once' }] }),
        expect: { lines: [1000, 700], total: 1700, paid: 1700 },
      },
      { at: '2026-05-01T02:00', expect: { lines: [1000] } },
    ],
  },
];
