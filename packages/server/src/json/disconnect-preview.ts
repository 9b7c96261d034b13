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
  const isManaged = connection.mode === 'managed';
  return [
    ...(isManaged ? whatEndsManaged(connection) : whatEndsByKey(connection)),
    ...(invoices === 0 ? [] : [`${invoices} open invoices are not collected while it is disconnected.`]),
    ...(stops.paymentsUnderWay === 0
      ? []
      : [
          isManaged
            ? `${stops.paymentsUnderWay} payments go on at Stripe, and nobody here hears how they end: wait for them first.`
            : `${stops.paymentsUnderWay} payments go on at Stripe: how they ended is fetched when it is connected again.`,
        ]),
    ...(stops.refundsPending === 0
      ? []
      : [
          isManaged
            ? `${stops.refundsPending} refunds are never made: wait for them first.`
            : `${stops.refundsPending} refunds wait until it is connected again.`,
        ]),
    'Customers, invoices and payments stay as they are, here and at Stripe.',
    isManaged
      ? 'It cannot be undone: connecting again makes a new Stripe account, without the customers and cards of this one.'
      : 'A key of the same account brings it back.',
  ];
}

const whatEndsByKey = (connection: Connection): string[] => [
  'The keys are erased here, and nothing more is asked of Stripe with them.',
  ...(connection.webhookEndpointId === null ? [] : ['Our webhook endpoint at Stripe is removed.']),
  ...(connection.webhookMode === 'manual'
    ? ['The webhook endpoint made by hand stays at Stripe: delete it there.']
    : []),
];

const whatEndsManaged = ({ stripeAccountId }: Connection): string[] =>
  stripeAccountId === null
    ? ['No account was made at Stripe yet.']
    : [`The Stripe account ${stripeAccountId} is closed, where Stripe allows it, and nothing more is asked of it.`];
