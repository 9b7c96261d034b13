import { defineCollection, type StoredObject } from '../../collection.js';
import { events } from '../../events.js';
import { operation, type Resource } from '../../operation.js';
import { type TailFilters, tailFiltersFrom } from '../../request-tail.js';
import { latestVersion } from '../../versions.js';
import { webhookEndpoints } from '../../webhook-endpoint.js';
import { connectedAccount } from '../accounts/core-accounts.js';

/** One `stripe listen` or `stripe logs tail`: what it asked for when it authorised. */
export interface CliSession extends StoredObject {
  readonly features: readonly string[];
  readonly forwardTo: string | null;
  /** Of a `stripe logs tail`: which requests it wants to see. */
  readonly filters: TailFilters;
}

/** What a `stripe logs tail` asks for. */
export const tailFeature = 'request_logs';

export const cliSessions = defineCollection<CliSession>({ type: '_cli_session', prefix: 'cliws' });

/** The CLI authorises again after this; it only matters when the sandbox restarts. */
const reconnectDelaySeconds = 86_400;

interface SessionParams {
  readonly device_name?: string;
  readonly filters?: string;
  readonly forward_to_url?: string;
  readonly websocket_features?: unknown;
}

/** Private to the CLI and documented nowhere: what `@stripe/cli` 1.52 sends and reads. */
const createSession = operation<SessionParams>((context) => {
  const asked = Object.values((context.params.websocket_features ?? {}) as object).map(String);
  const features = asked.length === 0 ? ['webhooks'] : asked;
  const session: CliSession = {
    id: context.newId('cliws'),
    features,
    forwardTo: context.params.forward_to_url ?? null,
    filters: tailFiltersFrom(context.params.filters),
  };
  context.put(cliSessions, session);
  const address = context.baseUrl.replace(/^http/, 'ws');
  return {
    object: 'stripecli.session',
    websocket_id: session.id,
    websocket_url: `${address}/_sandbox/cli/${context.account.id}/${session.id}`,
    websocket_authorized_feature: features[0],
    reconnect_delay: reconnectDelaySeconds,
    default_version: context.account.defaultVersion,
    latest_version: latestVersion,
    secret: context.listeners.secret,
    device_token: context.newToken(24),
    display_connect_filter_warning: false,
  };
});

interface RetryParams {
  readonly account?: string;
  readonly for_stripecli?: string;
  readonly webhook_endpoint?: string;
}

/**
 * `stripe events resend`: to the connected listeners, or to one endpoint when it names it. With `account` it is an event
 * of a connected account, for the platform's own listeners and endpoints.
 */
const retryEvent = operation<RetryParams>((context) => {
  const { account: id, webhook_endpoint: endpoint } = context.params;
  const account = id === undefined ? context : connectedAccount(context, id);
  const event = account.require(events, context.path.event ?? '');
  if (endpoint !== undefined) context.require(webhookEndpoints, endpoint, 'webhook_endpoint');
  account.resend(event.id, { owner: context.account.id, endpoint });
  return event;
});

export const stripeCliResource: Resource = {
  collections: [cliSessions],
  operations: {
    'POST /v1/stripecli/sessions': createSession,
    'POST /v1/events/:event/retry': retryEvent,
  },
};
