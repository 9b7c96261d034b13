import { createThinDeliveries } from './deliveries.js';
import type { InnerWork } from './engine.js';
import { eventDestinations } from './event-destination.js';
import { destinationReceiver, thinReceiversOf } from './receivers.js';
import { putThinAlone, type ThinEventObject } from './thin-event.js';
import type { ThinHappening } from './work.js';

/** Keeps an event that has no snapshot and queues it for everyone who asked for its type; nothing when nobody did. */
export const recordThinAlone = (work: InnerWork, happening: ThinHappening): void => {
  const receivers = thinReceiversOf(work, happening.type);
  if (receivers.length > 0) createThinDeliveries(work, putThinAlone(work, happening), receivers);
};

/** Keeps such an event and queues it for one destination, whatever that asked for. */
export const recordThinFor = (work: InnerWork, destinationId: string, happening: ThinHappening): ThinEventObject => {
  const destination = work.require(eventDestinations, destinationId);
  const event = putThinAlone(work, happening);
  createThinDeliveries(work, event, [{ ...destinationReceiver(destination, work.account.id), payload: 'thin' }]);
  return event;
};
