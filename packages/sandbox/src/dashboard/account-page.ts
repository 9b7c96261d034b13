import { customers } from '../resources/customers/customer.js';
import { webhookEndpoints } from '../webhook-endpoint.js';
import type { DashboardPage } from './dashboard-page.js';
import { html } from './html.js';
import { copied, factsOf, linkOf, timeOf } from './table.js';

export const accountPage: DashboardPage = {
  section: '',
  title: () => 'Account',
  body: ({ desk }) => {
    const { defaultVersion, clock, livemode } = desk.account.record;
    const count = (type: string): string => String(desk.account.store.count(type));
    return html`${factsOf({
      Account: copied(desk.accountId),
      'Secret key': copied(desk.key),
      Mode: livemode ? 'live, as far as a sandbox can be' : 'test',
      'Its time': html`${timeOf(desk.now)} (${clock.mode})`,
      'Version for callers that send none': defaultVersion,
      Customers: linkOf(desk.path('customers'), count(customers.type)),
      'Webhook endpoints': linkOf(desk.path('webhooks'), count(webhookEndpoints.type)),
    })}
<p>What an operator does inside Stripe is done here by the same operations as by API. The inspector looks at what is kept, moves the clock and breaks things on purpose.</p>`;
  },
};
