import type { WebhookEvent } from '@tollbridge/sdk';

/** Messages of one object that came out of order, by first arrivals: each sequence begins at 1 and has no gap. */
export function outOfOrder(received: readonly WebhookEvent[]): string[] {
  const last = new Map<string, number>();
  return received.flatMap((event) => {
    const before = last.get(event.object_id) ?? 0;
    last.set(event.object_id, event.sequence);
    return event.sequence === before + 1
      ? []
      : [`${event.id} is number ${event.sequence} of ${event.object_id} and came after number ${before}`];
  });
}
