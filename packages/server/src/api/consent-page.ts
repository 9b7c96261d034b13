import { CONNECTION_REASONS, type Connection } from '@tollbridge/core';
import { escaped, pageDocument } from './page-frame.js';

/** The account is connected; what Stripe still wants of it is said, too. */
export const consentPageHtml = (connection: Connection): string =>
  pageDocument(
    'Stripe is connected',
    `<h1>Stripe is connected</h1>
<p>Account <code>${escaped(connection.stripeAccountId ?? '')}</code>. ${escaped(CONNECTION_REASONS[connection.reason].sentence)}</p>
<p>You can close this page.</p>`,
  );

/** Nothing was connected, why, and what to do. */
export const refusedPageHtml = (message: string): string =>
  pageDocument(
    'Stripe was not connected',
    `<h1>Stripe was not connected</h1>
<p class="notice" role="alert">${escaped(message)}</p>
<p>You can close this page, and go on from the connection's card.</p>`,
  );
