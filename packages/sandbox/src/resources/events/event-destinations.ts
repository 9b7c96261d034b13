import type Stripe from 'stripe';
import { contract } from '../../contract/contract.js';
import { invalidRequest } from '../../errors.js';
import { type EventDestinationObject, eventDestinations } from '../../event-destination.js';
import { metadataMerged } from '../../metadata.js';
import { operation, type Resource } from '../../operation.js';
import { provided } from '../../params.js';
import { isoTime } from '../../thin-event.js';
import { version2Page } from '../../version-2-page.js';
import { invalidVersion, isVersion } from '../../versions.js';
import type { RequestContext } from '../../work.js';
import { checkUrl } from './webhook-endpoints.js';

/** https://docs.stripe.com/webhooks: at most 16 receivers for an account. */
const destinationsMax = 16;
const sources = ['@self', '@accounts'];

const createDestination = operation<Stripe.V2.Core.EventDestinationCreateParams>((context) => {
  const { params } = context;
  if (params.type !== 'webhook_endpoint') {
    throw invalidRequest('The sandbox sends events to webhook endpoints alone.', { param: 'type' });
  }
  const url = params.webhook_endpoint?.url;
  if (url === undefined) {
    throw invalidRequest('Missing required param: webhook_endpoint.', {
      code: 'parameter_missing',
      param: 'webhook_endpoint',
    });
  }
  checkUrl(url, context.account.livemode);
  if ([...context.newestFirst(eventDestinations)].length >= destinationsMax) {
    throw invalidRequest(`You have reached the maximum of ${destinationsMax} event destinations.`);
  }
  const from = params.events_from ?? ['@self'];
  if (from.some((source) => !sources.includes(source))) {
    throw invalidRequest(`Invalid events_from: the sandbox knows ${sources.join(' and ')}.`, { param: 'events_from' });
  }
  requireEvents(params.enabled_events, params.event_payload);
  const destination = context.put(eventDestinations, {
    id: context.newId('ed'),
    object: 'v2.core.event_destination',
    created: isoTime(context.now),
    description: params.description ?? '',
    enabled_events: params.enabled_events,
    event_payload: params.event_payload,
    events_from: from,
    livemode: context.account.livemode,
    metadata: metadataMerged({}, params.metadata),
    name: params.name,
    ...snapshotVersion(context, params),
    status: 'enabled',
    type: 'webhook_endpoint',
    updated: isoTime(context.now),
    _url: url,
    _secret: `whsec_${context.newToken(32)}`,
  });
  return withIncluded(context, destination);
});

const requireEvents = (enabled: readonly string[], payload: 'snapshot' | 'thin'): void => {
  if (enabled.length === 0) {
    throw invalidRequest('You must enable at least one event.', { param: 'enabled_events' });
  }
  if (payload === 'thin' && enabled.includes('*')) {
    throw invalidRequest('Destinations of thin events name each type they want.', { param: 'enabled_events' });
  }
  for (const [position, type] of enabled.entries()) {
    if (payload === 'thin' ? isThinType(type) : isSnapshotType(type)) continue;
    // Whoever asked for "customer.created" where it is "v1.customer.created" would wait for it for ever.
    throw invalidRequest(`Invalid enabled_events: there are no ${payload} events of type ${type}.`, {
      param: `enabled_events[${position}]`,
    });
  }
};

/** Of version 2 the SDK gives no list: any name of its form is taken. */
const isThinType = (type: string): boolean =>
  contract.thinEvents.includes(type) || /^v2\.[a-z_]+[a-z0-9_.[\]]+$/.test(type);

const isSnapshotType = (type: string): boolean => snapshotTypes.has(type);

const snapshotSchema = contract.types.WebhookEndpointCreateParams?.f.enabled_events;
const snapshotTypes: ReadonlySet<unknown> = new Set(
  typeof snapshotSchema === 'object' &&
    'a' in snapshotSchema &&
    typeof snapshotSchema.a === 'object' &&
    'e' in snapshotSchema.a
    ? snapshotSchema.a.e
    : [],
);

const snapshotVersion = (
  context: RequestContext<unknown>,
  params: Stripe.V2.Core.EventDestinationCreateParams,
): Partial<EventDestinationObject> => {
  if (params.event_payload === 'thin') return {};
  const version = params.snapshot_api_version ?? context.account.defaultVersion;
  if (isVersion(version)) return { snapshot_api_version: version };
  throw invalidVersion(version, 'snapshot_api_version');
};

type Including = RequestContext<{ readonly include?: readonly string[] }>;

/** Address and secret are left out unless asked for, and the secret is shown to its maker alone. */
const withIncluded = (context: Including, destination: EventDestinationObject) => {
  const include = context.params.include ?? [];
  const url = include.includes('webhook_endpoint.url') ? { url: destination._url } : {};
  const secret = include.includes('webhook_endpoint.signing_secret') ? { signing_secret: destination._secret } : {};
  return { ...destination, webhook_endpoint: { ...url, ...secret } };
};

const inPath = <P>(context: RequestContext<P>): EventDestinationObject =>
  context.require(eventDestinations, context.path.destination ?? '');

const retrieveDestination = operation<Stripe.V2.Core.EventDestinationRetrieveParams>((context) =>
  withIncluded(context, inPath(context)),
);

const updateDestination = operation<Stripe.V2.Core.EventDestinationUpdateParams>((context) => {
  const before = inPath(context);
  const { params } = context;
  if (params.enabled_events !== undefined) requireEvents(params.enabled_events, before.event_payload);
  const url = params.webhook_endpoint?.url;
  if (url !== undefined) checkUrl(url, context.account.livemode);
  const { description, enabled_events, name } = params;
  const after = context.update(eventDestinations, before, {
    ...(provided({ description, enabled_events, name }) as Partial<EventDestinationObject>),
    ...(url === undefined ? {} : { _url: url }),
    metadata: metadataMerged(before.metadata, params.metadata),
    updated: isoTime(context.now),
  });
  return withIncluded(context, after);
});

const setStatus = (context: RequestContext<unknown>, status: 'enabled' | 'disabled'): EventDestinationObject => {
  const { status_details: _details, ...rest } = inPath(context);
  return context.put(eventDestinations, {
    ...rest,
    status,
    ...(status === 'disabled' ? { status_details: { disabled: { reason: 'user' } } } : {}),
    updated: isoTime(context.now),
  });
};

/** https://docs.stripe.com/api/v2/core/event-destinations/ping: an event for this destination alone, whatever it asked for. */
const pingDestination = operation<Stripe.V2.Core.EventDestinationPingParams>((context) => {
  const { id, object } = inPath(context);
  const related_object = { id, type: object, url: `/v2/core/event_destinations/${id}` };
  return context.emitThinTo(id, 'v2.core.event_destination.ping', { related_object });
});

const deleteDestination = operation<Stripe.V2.Core.EventDestinationDeleteParams>((context) => {
  const { id, object } = context.remove(eventDestinations, inPath(context).id);
  return { id, object };
});

type ListParams = Stripe.V2.Core.EventDestinationListParams & { readonly page?: string };

const listDestinations = operation<ListParams>((context) => {
  const page = version2Page(context, [...context.newestFirst(eventDestinations)]);
  return { ...page, data: page.data.map((destination) => withIncluded(context, destination)) };
});

export const eventDestinationsResource: Resource = {
  collections: [],
  operations: {
    'POST /v2/core/event_destinations': createDestination,
    'GET /v2/core/event_destinations': listDestinations,
    'GET /v2/core/event_destinations/:destination': retrieveDestination,
    'POST /v2/core/event_destinations/:destination': updateDestination,
    'DELETE /v2/core/event_destinations/:destination': deleteDestination,
    'POST /v2/core/event_destinations/:destination/ping': pingDestination,
    'POST /v2/core/event_destinations/:destination/enable': (context) => setStatus(context, 'enabled'),
    'POST /v2/core/event_destinations/:destination/disable': (context) => setStatus(context, 'disabled'),
  },
};
