import type Stripe from 'stripe';
import { connectedAccounts } from '../../connection.js';
import { eventRetentionSeconds } from '../../events.js';
import { operation, type Resource } from '../../operation.js';
import { type ThinEventObject, thinEvents } from '../../thin-event.js';
import { version2Page } from '../../version-2-page.js';
import type { RequestContext, Work } from '../../work.js';

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

const listThinEvents = operation<ListParams>((context) =>
  version2Page(context, [...context.newestFirst(thinEvents)].filter(isAsked(context))),
);

const isAsked = (context: RequestContext<ListParams>): ((event: ThinEventObject) => boolean) => {
  const { created = {}, object_id: objectId, types } = context.params;
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = created;
  const since = context.now - eventRetentionSeconds;
  return (event) => {
    const at = Date.parse(event.created) / 1000;
    return (
      at >= since &&
      at > gt &&
      at >= gte &&
      at < lt &&
      at <= lte &&
      (objectId === undefined || event.related_object?.id === objectId) &&
      (types === undefined || types.includes(event.type))
    );
  };
};

export const thinEventsResource: Resource = {
  collections: [],
  operations: { 'GET /v2/core/events': listThinEvents, 'GET /v2/core/events/:event': retrieveThinEvent },
};
