import type Stripe from 'stripe';
import { invalidRequest } from '../errors.js';
import { operation, type Resource } from '../operation.js';
import { customers } from '../resources/customers/customer.js';
import { refuseUnserved } from '../resources/unserved.js';
import type { RequestContext } from '../work.js';
import { requireAddress } from './portal-address.js';
import { defaultConfiguration, type PortalConfigurationObject, portalConfigurations } from './portal-configurations.js';
import { flowFrom } from './portal-flow.js';
import { portalLoginPages } from './portal-login.js';
import { portalPages } from './portal-page.js';
import { type PortalSessionObject, portalSessions, putSession } from './portal-session.js';

type Params = Stripe.BillingPortal.SessionCreateParams;

const createSession = operation<Params>((context) => {
  const { params } = context;
  refuseUnserved(params, ['customer_account', 'on_behalf_of']);
  if (params.customer === undefined) {
    throw invalidRequest('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
  }
  const customer = context.require(customers, params.customer, 'customer').id;
  const configuration = chosenConfiguration(context);
  if (params.return_url !== undefined) requireAddress(params.return_url, 'return_url');
  return putSession(context, {
    after_expiration: afterExpiration(params.after_expiration),
    configuration: configuration.id,
    customer,
    flow: params.flow_data === undefined ? null : flowFrom(context, { customer, configuration }, params.flow_data),
    locale: params.locale ?? null,
    return_url: params.return_url ?? configuration.default_return_url,
  });
});

const chosenConfiguration = (context: RequestContext<Params>): PortalConfigurationObject => {
  const { configuration: id } = context.params;
  const mode = context.account.livemode ? 'live' : 'test';
  const found =
    id === undefined ? defaultConfiguration(context) : context.require(portalConfigurations, id, 'configuration');
  if (found === undefined) {
    throw invalidRequest(
      `No configuration provided and your ${mode} mode default configuration has not been created. Provide a configuration or create your default by saving your customer portal settings in ${mode} mode.`,
    );
  }
  if (found.active) return found;
  throw invalidRequest(`The configuration ${found.id} is not active.`, { param: 'configuration' });
};

const afterExpiration = (given: Params['after_expiration']): PortalSessionObject['after_expiration'] => {
  if (given === undefined) return null;
  const login = given.customer_login;
  return { type: given.type, customer_login: login === undefined ? null : { expires_at: login.expires_at ?? null } };
};

export const portalSessionsResource: Resource = {
  collections: [portalSessions],
  operations: { 'POST /v1/billing_portal/sessions': createSession },
  pages: { ...portalPages, ...portalLoginPages },
};
