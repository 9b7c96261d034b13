import type { Connection } from '@tollbridge/core';
import type { WhatStops } from '../store/what-stops.js';

/** What the confirmation window lists before a connection is parted with. Sums are exact as text, whatever their size. */
export const disconnectPreviewToJson = (connection: Connection, stops: WhatStops) => ({
  object: 'disconnect_preview' as const,
  connection_id: connection.id,
  confirm: connection.code,
  is_reversible: connection.mode !== 'managed',
  customers: stops.customers,
  open_invoices: stops.openInvoices.map(({ currency, invoices, automatic, dueMinor }) => ({
    currency,
    invoices,
    collected_automatically: automatic,
    amount_due: dueMinor.toString(),
  })),
  payments_under_way: stops.paymentsUnderWay,
  refunds_pending: stops.refundsPending,
  consequences: consequencesOf(connection, stops),
});

function consequencesOf(connection: Connection, stops: WhatStops): string[] {
  const invoices = stops.openInvoices.reduce((sum, each) => sum + each.invoices, 0);
  const { mode } = connection;
  const isForGood = mode === 'managed';
  const later = isForGood
    ? {
        payments: 'and nobody here hears how they end: wait for them first',
        refunds: 'are never made: wait for them first',
      }
    : {
        payments: 'and how they ended is fetched when it is connected again',
        refunds: 'wait until it is connected again',
      };
  return [
    ...WHAT_ENDS[mode](connection),
    ...(invoices === 0 ? [] : [`${invoices} open invoices are not collected while it is disconnected.`]),
    ...(stops.paymentsUnderWay === 0 ? [] : [`${stops.paymentsUnderWay} payments go on at Stripe, ${later.payments}.`]),
    ...(stops.refundsPending === 0 ? [] : [`${stops.refundsPending} refunds ${later.refunds}.`]),
    'Customers, invoices and payments stay as they are, here and at Stripe.',
    WAY_BACK[mode],
  ];
}

const WAY_BACK: Readonly<Record<Connection['mode'], string>> = {
  key: 'A key of the same account brings it back.',
  managed:
    'It cannot be undone: connecting again makes a new Stripe account, without the customers and cards of this one.',
  oauth: 'Whoever connected it can let the app into the same account again.',
};

const WHAT_ENDS: Readonly<Record<Connection['mode'], (connection: Connection) => string[]>> = {
  key: (connection) => [
    'The keys are erased here, and nothing more is asked of Stripe with them.',
    ...(connection.webhookEndpointId === null ? [] : ['Our webhook endpoint at Stripe is removed.']),
    ...(connection.webhookMode === 'manual'
      ? ['The webhook endpoint made by hand stays at Stripe: delete it there.']
      : []),
  ],
  managed: ({ stripeAccountId }) => [
    stripeAccountId === null
      ? 'No account was made at Stripe yet.'
      : `The Stripe account ${stripeAccountId} is closed, where Stripe allows it, and nothing more is asked of it.`,
  ],
  oauth: ({ stripeAccountId }) => [
    stripeAccountId === null
      ? 'Nobody has let the app into an account yet.'
      : `The app leaves the Stripe account ${stripeAccountId}, and nothing more is asked of it.`,
  ],
};
