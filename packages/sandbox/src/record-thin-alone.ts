import { createThinDeliveries } from './deliveries.js';
import type { InnerWork } from './engine.js';
import { eventDestinations } from './event-destination.js';
import { destinationReceiver, thinReceiversOf } from './receivers.js';
import { putThinAlone, type ThinEventObject } from './thin-event.js';
import type { ThinFacts } from './work.js';

/** Keeps an event that has no snapshot and queues it for everyone who asked for its type; nothing when nobody did. */
export const recordThinAlone = (work: InnerWork, type: string, facts: ThinFacts): void => {
  const receivers = thinReceiversOf(work, type);
  if (receivers.length > 0) createThinDeliveries(work, putThinAlone(work, type, facts), receivers);
};

/** Keeps such an event and queues it for one destination, whatever that asked for. */
export const recordThinFor = (
  work: InnerWork,
  destinationId: string,
  event: { readonly type: string; readonly facts: ThinFacts },
): ThinEventObject => {
  const destination = work.require(eventDestinations, destinationId);
  const kept = putThinAlone(work, event.type, event.facts);
  createThinDeliveries(work, kept, [{ ...destinationReceiver(destination, work.account.id), payload: 'thin' }]);
  return kept;
};
