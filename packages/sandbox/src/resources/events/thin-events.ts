import type Stripe from 'stripe';
import { connectedAccounts } from '../../connection.js';
import { eventRetentionSeconds } from '../../events.js';
import { operation, type Resource } from '../../operation.js';
import { type ThinEventObject, thinEvents } from '../../thin-event.js';
import type { RequestContext, Work } from '../../work.js';

const limitDefault = 20;
const limitMax = 100;

/** https://docs.stripe.com/api/v2/core/events: what a notification left out can be fetched for 30 days. */
const retrieveThinEvent = operation<Stripe.V2.Core.EventRetrieveParams>((context) => {
  const id = context.path.event ?? '';
  return context.get(thinEvents, id) ?? ofConnectedAccount(context, id) ?? context.require(thinEvents, id);
});

/** Stripe's samples fetch the events of accounts a platform made without naming the account. */
const ofConnectedAccount = (context: Work, eventId: string): ThinEventObject | undefined => {
  for (const { id } of context.newestFirst(connectedAccounts)) {
    const found = context.inAccount(id)?.get(thinEvents, eventId);
    if (found?.type.startsWith('v2.')) return found;
  }
  return undefined;
};

type ListParams = Stripe.V2.Core.EventListParams & { readonly page?: string };

const listThinEvents = operation<ListParams>((context) => {
  const limit = Math.min(limitMax, Math.max(1, context.params.limit ?? limitDefault));
  const found = [...context.newestFirst(thinEvents)].filter(isAsked(context));
  const start = found.findIndex((event) => event.id === context.params.page) + 1;
  const data = found.slice(start, start + limit);
  const last = data.at(-1);
  const more = last !== undefined && start + limit < found.length;
  return { data, next_page_url: more ? pageUrl(context, last.id) : null, previous_page_url: null };
});

const isAsked = (context: RequestContext<ListParams>): ((event: ThinEventObject) => boolean) => {
  const { object_id: objectId, types } = context.params;
  const since = (context.now - eventRetentionSeconds) * 1000;
  return (event) =>
    Date.parse(event.created) >= since &&
    (objectId === undefined || event.related_object?.id === objectId) &&
    (types === undefined || types.includes(event.type));
};

/** The next page of the same list begins after the last event of this one. */
const pageUrl = (context: RequestContext<ListParams>, lastId: string): string => {
  const query = new URLSearchParams({ page: lastId });
  const { limit, object_id: objectId, types } = context.params;
  if (limit !== undefined) query.set('limit', String(limit));
  if (objectId !== undefined) query.set('object_id', objectId);
  for (const [position, type] of (types ?? []).entries()) query.set(`types[${position}]`, type);
  return `${context.url}?${query}`;
};

export const thinEventsResource: Resource = {
  collections: [],
  operations: { 'GET /v2/core/events': listThinEvents, 'GET /v2/core/events/:event': retrieveThinEvent },
};
