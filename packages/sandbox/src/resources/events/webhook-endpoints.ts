import type Stripe from 'stripe';
import { invalidRequest } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import { operation, type Resource } from '../../operation.js';
import { provided } from '../../params.js';
import { type WebhookEndpointObject, webhookEndpoints } from '../../webhook-endpoint.js';

/** https://docs.stripe.com/webhooks: at most 16 endpoints for an account. */
const endpointsMax = 16;

const createEndpoint = operation<Stripe.WebhookEndpointCreateParams>((context) => {
  const { params } = context;
  if ([...context.newestFirst(webhookEndpoints)].length >= endpointsMax) {
    throw invalidRequest(`You have reached the maximum of ${endpointsMax} test webhook endpoints.`);
  }
  checkUrl(params.url, context.account.livemode);
  if (params.enabled_events.length === 0)
    throw invalidRequest('You must enable at least one event.', { param: 'enabled_events' });
  const endpoint: WebhookEndpointObject = {
    id: context.newId('we'),
    object: 'webhook_endpoint',
    api_version: params.api_version ?? null,
    application: null,
    created: context.now,
    description: params.description === '' ? null : (params.description ?? null),
    enabled_events: params.enabled_events,
    livemode: context.account.livemode,
    metadata: metadataMerged({}, params.metadata),
    status: 'enabled',
    url: params.url,
    _secret: `whsec_${context.newToken(32)}`,
    _previousSecret: null,
    _connect: params.connect ?? false,
  };
  context.put(webhookEndpoints, endpoint);
  // The only answer that ever shows the secret.
  return { ...endpoint, secret: endpoint._secret };
});

/** Test endpoints may be on the caller's own machine; live ones must be https, as at Stripe, unless this is only a sandbox's live. */
export const checkUrl = (url: string, livemode: boolean): void => {
  let protocol = '';
  try {
    protocol = new URL(url).protocol;
  } catch {
    // Refused below: no protocol.
  }
  if (protocol === 'https:' || (protocol === 'http:' && (!livemode || isOwnMachine(url)))) return;
  throw invalidRequest(`Invalid URL: ${url}. An explicit scheme (such as https) must be provided.`, {
    code: 'url_invalid',
    param: 'url',
  });
};

const isOwnMachine = (url: string): boolean => ['127.0.0.1', '[::1]', 'localhost'].includes(new URL(url).hostname);

const retrieveEndpoint = operation<Stripe.WebhookEndpointRetrieveParams>((context) =>
  context.require(webhookEndpoints, context.path.endpoint ?? ''),
);

const updateEndpoint = operation<Stripe.WebhookEndpointUpdateParams>((context) => {
  const before = context.require(webhookEndpoints, context.path.endpoint ?? '');
  const { params } = context;
  if (params.url !== undefined) checkUrl(params.url, context.account.livemode);
  const changes = provided({ url: params.url, description: params.description, enabled_events: params.enabled_events });
  return context.update(webhookEndpoints, before, {
    ...(changes as Partial<WebhookEndpointObject>),
    ...(params.disabled === undefined ? {} : { status: params.disabled ? 'disabled' : 'enabled' }),
    ...(params.metadata === undefined ? {} : { metadata: metadataMerged(before.metadata, params.metadata) }),
  });
});

const deleteEndpoint = operation<Stripe.WebhookEndpointDeleteParams>((context) => {
  const endpoint = context.require(webhookEndpoints, context.path.endpoint ?? '');
  return context.remove(webhookEndpoints, endpoint.id);
});

const listEndpoints = operation<Stripe.WebhookEndpointListParams>((context) => context.list(webhookEndpoints));

export const webhookEndpointsResource: Resource = {
  collections: [webhookEndpoints],
  operations: {
    'POST /v1/webhook_endpoints': createEndpoint,
    'GET /v1/webhook_endpoints': listEndpoints,
    'GET /v1/webhook_endpoints/:endpoint': retrieveEndpoint,
    'POST /v1/webhook_endpoints/:endpoint': updateEndpoint,
    'DELETE /v1/webhook_endpoints/:endpoint': deleteEndpoint,
  },
};
