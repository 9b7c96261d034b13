import type Stripe from 'stripe';
import { deliveries } from '../../deliveries.js';
import { invalidRequest } from '../../errors.js';
import { type EventObject, eventRetentionSeconds, events } from '../../events.js';
import { operation, type Resource } from '../../operation.js';
import type { Work } from '../../work.js';

const listEvents = operation<Stripe.EventListParams>((context) => {
  const { params } = context;
  if (params.type !== undefined && params.types !== undefined) {
    throw invalidRequest('You may pass either `type` or `types`, not both.', { param: 'types' });
  }
  const since = context.now - eventRetentionSeconds;
  return context.list(events, {
    filter: (event) =>
      event.created >= since &&
      (params.type === undefined || typeMatches(params.type, event.type)) &&
      (params.types === undefined || params.types.includes(event.type)) &&
      (params.delivery_success === undefined || wasDelivered(context, event) === params.delivery_success),
  });
});

/** "invoice.*" names all events of a kind. */
const typeMatches = (wanted: string, type: string): boolean =>
  wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : wanted === type;

const wasDelivered = (work: Work, event: EventObject): boolean =>
  work
    .where(deliveries, 'event', event.id)
    .every((delivery) => delivery.target !== 'endpoint' || delivery.status === 'succeeded');

const retrieveEvent = operation<Stripe.EventRetrieveParams>((context) =>
  context.require(events, context.path.event ?? ''),
);

export const eventsResource: Resource = {
  collections: [events],
  operations: {
    'GET /v1/events': listEvents,
    'GET /v1/events/:event': retrieveEvent,
  },
};
