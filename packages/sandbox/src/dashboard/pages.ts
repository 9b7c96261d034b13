import { accountPage } from './account-page.js';
import { appsPage } from './apps-page.js';
import { clockPage } from './clock-page.js';
import { customerPage, customersPage } from './customers-pages.js';
import type { DashboardPage } from './dashboard-page.js';
import { eventPage, eventsPage } from './events-pages.js';
import { faultsPage } from './faults-page.js';
import { keyPage, keysPage } from './keys-pages.js';
import { objectPage, objectsOfTypePage, objectsPage } from './objects-pages.js';
import { productPage, productsPage } from './products-pages.js';
import { requestPage, requestsPage } from './requests-pages.js';
import { requirementsPage } from './requirements-page.js';
import { subscriptionPage, subscriptionsPage } from './subscriptions-pages.js';
import { newWebhookPage, webhookPage, webhooksPage } from './webhooks-pages.js';

/** What stands at which address, below that of the account. */
export const dashboardPages: Readonly<Record<string, DashboardPage>> = {
  '': accountPage,
  '/keys': keysPage,
  '/keys/:key': keyPage,
  '/webhooks': webhooksPage,
  '/webhooks/new': newWebhookPage,
  '/webhooks/:endpoint': webhookPage,
  '/products': productsPage,
  '/products/:product': productPage,
  '/customers': customersPage,
  '/customers/:customer': customerPage,
  '/subscriptions': subscriptionsPage,
  '/subscriptions/:subscription': subscriptionPage,
  '/apps': appsPage,
  '/requirements': requirementsPage,
  '/objects': objectsPage,
  '/objects/:type': objectsOfTypePage,
  '/objects/:type/:id': objectPage,
  '/events': eventsPage,
  '/events/:event': eventPage,
  '/requests': requestsPage,
  '/requests/:request': requestPage,
  '/clock': clockPage,
  '/faults': faultsPage,
};
