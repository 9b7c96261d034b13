import { DELIVERY_ATTEMPTS_IN_ORDER } from '@tollbridge/core';
import type { HostSending } from '../recording-hosts.js';

interface Told {
  readonly id: string;
  readonly object_id: string;
  readonly sequence: number;
}

/**
 * The messages that came to an address after a later one of the same object, although the order was not given up for them:
 * that may only be once they failed so often as OUT-1 says. First arrivals count.
 */
export function overtaken(sendings: readonly HostSending[], isOrdered: (url: string) => boolean): string[] {
  const arrivals = new Map<string, Arrival[]>();
  const failures = new Map<string, number[]>();
  const wrong: string[] = [];
  for (const [at, { request, isKept, isTaken }] of sendings.entries()) {
    const event = JSON.parse(request.body) as Told;
    const failed = listOf(failures, `${request.url} ${event.id}`);
    if (!isTaken) failed.push(at);
    const arrived = listOf(arrivals, `${request.url} ${event.object_id}`);
    if (!isKept || arrived.some(({ sequence }) => sequence === event.sequence)) continue;
    const later = arrived.find(({ sequence }) => sequence > event.sequence);
    arrived.push({ sequence: event.sequence, at });
    if (later === undefined || !isOrdered(request.url)) continue;
    const failuresBefore = failed.filter((failure) => failure < later.at).length;
    if (failuresBefore < DELIVERY_ATTEMPTS_IN_ORDER)
      wrong.push(
        `${event.id} (number ${event.sequence} of ${event.object_id}) came after number ${later.sequence}, when it had failed ${failuresBefore} times`,
      );
  }
  return wrong;
}

interface Arrival {
  readonly sequence: number;
  /** The place in the whole order of sendings. */
  readonly at: number;
}

function listOf<Value>(lists: Map<string, Value[]>, key: string): Value[] {
  const known = lists.get(key);
  if (known !== undefined) return known;
  const list: Value[] = [];
  lists.set(key, list);
  return list;
}
