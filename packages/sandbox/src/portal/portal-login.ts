import type { PageAnswer, PageRequest } from '../operation.js';
import { sandboxPage } from '../pages/layout.js';
import { errorAlert, textField } from '../pages/text-field.js';
import { type CustomerObject, customers } from '../resources/customers/customer.js';
import { isOver, subscriptions } from '../subscriptions/subscription.js';
import type { Work } from '../work.js';
import { type PortalConfigurationObject, portalConfigurations } from './portal-configurations.js';
import { putSession } from './portal-session.js';

/**
 * What `login_page.url` opens: https://docs.stripe.com/customer-management/activate-no-code-customer-portal. Stripe mails
 * a code to the address; here knowing the address is enough, as no message is sent.
 */
const within =
  (answer: (work: Work, request: PageRequest, configuration: PortalConfigurationObject) => PageAnswer) =>
  (work: Work, request: PageRequest): PageAnswer => {
    const configuration = work.get(portalConfigurations, request.path.configuration ?? '');
    if (configuration?.login_page.enabled === true && configuration.active) return answer(work, request, configuration);
    const html = sandboxPage('No such page', '<p>This login page is not switched on.</p>');
    return { kind: 'html', status: 404, html };
  };

const page = (typed: string, message: string | null): PageAnswer => {
  const error = message === null ? null : { field: 'email', message };
  const email = textField(
    { name: 'email', label: 'Email', attributes: 'type="email" autocomplete="email"' },
    typed,
    error,
  );
  const html = `${errorAlert(error)}<p>Say who you are to manage your billing; no message is sent here.</p>
<form method="post">${email}<p class="actions"><button type="submit">Continue</button></p></form>`;
  return { kind: 'html', status: error === null ? 200 : 400, html: sandboxPage('Log in', html) };
};

const show = within((_work, { query }) => page(query.get('prefilled_email') ?? '', null));

const submit = within((work, { form }, configuration) => {
  const email = (form.get('email') ?? '').trim();
  const customer = customerBy(work, email);
  if (customer === undefined) return page(email, 'No customer has this email address.');
  const session = putSession(work, {
    after_expiration: null,
    configuration: configuration.id,
    customer: customer.id,
    flow: null,
    locale: null,
    return_url: configuration.default_return_url,
  });
  return { kind: 'redirect', location: session.url };
});

/** Of several, the latest that has a subscription; else the latest. */
const customerBy = (work: Work, email: string): CustomerObject | undefined => {
  const named = [...work.newestFirst(customers)].filter((one) => one.email?.toLowerCase() === email.toLowerCase());
  return named.find((one) => work.where(subscriptions, 'customer', one.id).some((held) => !isOver(held))) ?? named[0];
};

export const portalLoginPages = {
  'GET /p/login/:account/:configuration': show,
  'POST /p/login/:account/:configuration': submit,
};
