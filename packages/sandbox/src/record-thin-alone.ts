import { createThinDeliveries } from './deliveries.js';
import type { InnerWork } from './engine.js';
import { eventDestinations } from './event-destination.js';
import { destinationReceiver, thinReceiversOf } from './receivers.js';
import { putThinAlone, type ThinEventObject } from './thin-event.js';
import type { ThinHappening } from './work.js';

/** Keeps an event that has no snapshot and queues it: for one destination, or for everyone who asked for its type. */
export const recordThinAlone = (
  work: InnerWork,
  happening: ThinHappening,
  destinationId?: string,
): ThinEventObject | undefined => {
  if (destinationId !== undefined) {
    const destination = work.require(eventDestinations, destinationId);
    const event = putThinAlone(work, happening);
    createThinDeliveries(work, event, [{ ...destinationReceiver(destination, work.account.id), payload: 'thin' }]);
    return event;
  }
  const receivers = thinReceiversOf(work, happening.type);
  if (receivers.length === 0) return undefined;
  const event = putThinAlone(work, happening);
  createThinDeliveries(work, event, receivers);
  return event;
};
