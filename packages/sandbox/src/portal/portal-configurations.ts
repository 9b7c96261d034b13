import type Stripe from 'stripe';
import { defineCollection } from '../collection.js';
import { invalidRequest } from '../errors.js';
import { metadataMerged } from '../metadata.js';
import { operation, type Resource } from '../operation.js';
import { provided } from '../params.js';
import type { RequestContext, Work } from '../work.js';
import { addressIn } from './portal-address.js';
import { featuresAfter, noFeatures, type PortalProducts, productsAfter } from './portal-features.js';

export interface PortalConfigurationObject extends Stripe.BillingPortal.Configuration {
  readonly _products: PortalProducts;
}

export const portalConfigurations = defineCollection<PortalConfigurationObject>({
  type: 'billing_portal.configuration',
  prefix: 'bpc',
  label: 'configuration',
  path: (configuration) => `/v1/billing_portal/configurations/${configuration.id}`,
  included: { 'features.subscription_update.products': (configuration) => configuration._products },
});

/** The one that sessions use which name none; undefined until there is any. */
export const defaultConfiguration = (work: Work): PortalConfigurationObject | undefined =>
  [...work.newestFirst(portalConfigurations)].find((configuration) => configuration.is_default);

const createConfiguration = operation<Stripe.BillingPortal.ConfigurationCreateParams>((context) => {
  const { params } = context;
  const id = context.newId('bpc');
  const configuration: PortalConfigurationObject = {
    id,
    object: 'billing_portal.configuration',
    active: true,
    application: null,
    business_profile: profileAfter(noProfile, params.business_profile),
    created: context.now,
    default_return_url: addressIn(params.default_return_url, 'default_return_url') ?? null,
    features: featuresAfter(noFeatures, params.features),
    // There is no Dashboard to save one in: the first is the default.
    is_default: defaultConfiguration(context) === undefined,
    livemode: context.account.livemode,
    login_page: loginPageAfter(context, id, params.login_page),
    metadata: metadataMerged({}, params.metadata),
    name: params.name === '' ? null : (params.name ?? null),
    updated: context.now,
    _products: productsAfter(context, [], params.features),
  };
  context.put(portalConfigurations, configuration);
  context.emit('billing_portal.configuration.created', configuration);
  return configuration;
});

type Profile = PortalConfigurationObject['business_profile'];
type GivenProfile =
  | Stripe.BillingPortal.ConfigurationCreateParams.BusinessProfile
  | Stripe.BillingPortal.ConfigurationUpdateParams.BusinessProfile;

const noProfile: Profile = { headline: null, privacy_policy_url: null, terms_of_service_url: null };

const profileAfter = (before: Profile, given: GivenProfile | undefined): Profile => {
  if (given === undefined) return before;
  const { headline, privacy_policy_url, terms_of_service_url } = given;
  return {
    ...before,
    ...(provided({
      headline,
      privacy_policy_url: addressIn(privacy_policy_url, 'business_profile[privacy_policy_url]'),
      terms_of_service_url: addressIn(terms_of_service_url, 'business_profile[terms_of_service_url]'),
    }) as Partial<Profile>),
  };
};

/** Each configuration has an address of its own to log in at, shown while it is switched on. */
const loginPageAfter = (
  work: Work,
  id: string,
  given: { readonly enabled: boolean } | undefined,
): PortalConfigurationObject['login_page'] =>
  given?.enabled === true
    ? { enabled: true, url: `${work.baseUrl}/p/login/${work.account.id}/${id}` }
    : { enabled: false, url: null };

const inPath = <P>(context: RequestContext<P>): PortalConfigurationObject =>
  context.require(portalConfigurations, context.path.configuration ?? '');

const retrieveConfiguration = operation<Stripe.BillingPortal.ConfigurationRetrieveParams>((context) => inPath(context));

const updateConfiguration = operation<Stripe.BillingPortal.ConfigurationUpdateParams>((context) => {
  const { params } = context;
  const before = inPath(context);
  if (params.active === false && before.is_default) {
    throw invalidRequest('The default configuration cannot be deactivated.', { param: 'active' });
  }
  const after = context.update(portalConfigurations, before, {
    ...(provided({
      active: params.active,
      default_return_url: addressIn(params.default_return_url, 'default_return_url'),
      name: params.name,
    }) as Partial<PortalConfigurationObject>),
    business_profile: profileAfter(before.business_profile, params.business_profile),
    features: featuresAfter(before.features, params.features),
    ...(params.login_page === undefined ? {} : { login_page: loginPageAfter(context, before.id, params.login_page) }),
    metadata: metadataMerged(before.metadata, params.metadata),
    updated: context.now,
    _products: productsAfter(context, before._products, params.features),
  });
  context.emit('billing_portal.configuration.updated', after, before);
  return after;
});

const listConfigurations = operation<Stripe.BillingPortal.ConfigurationListParams>((context) => {
  const { active, is_default: isDefault } = context.params;
  return context.list(portalConfigurations, {
    filter: (one) =>
      (active === undefined || one.active === active) && (isDefault === undefined || one.is_default === isDefault),
  });
});

export const portalConfigurationsResource: Resource = {
  collections: [portalConfigurations],
  operations: {
    'POST /v1/billing_portal/configurations': createConfiguration,
    'GET /v1/billing_portal/configurations': listConfigurations,
    'GET /v1/billing_portal/configurations/:configuration': retrieveConfiguration,
    'POST /v1/billing_portal/configurations/:configuration': updateConfiguration,
  },
};
