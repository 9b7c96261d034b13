import { pageDocument } from './page-frame.js';

/** Where Stripe's onboarding leads back to. That somebody came back does not mean that he has finished, so nothing is claimed. */
export const returnedPageHtml = (): string =>
  pageDocument(
    'Back from Stripe',
    `<h1>Back from Stripe</h1>
<p>What you entered there is kept. We ask Stripe now how the account stands; the connection's card shows it within moments.</p>
<p>You can close this page. If Stripe still wants something, update the Stripe information again: it goes on where you left.</p>`,
  );

/** Where it leads when a link was opened before or too late. A fresh one is for whoever is signed in alone. */
export const expiredPageHtml = (): string =>
  pageDocument(
    'This link was used or has expired',
    `<h1>This link was used or has expired</h1>
<p>Links to Stripe's page open once, and only for a few minutes. Nothing that was entered is lost.</p>
<p>Go back to the connection and update the Stripe information again: each press makes a fresh link.</p>`,
  );
