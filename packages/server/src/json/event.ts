import { isoFromInstant } from '@tollbridge/core';
import type { HostEvent } from '../store/events.js';

/** The same in a list and in the body that is delivered. */
export const eventToJson = (event: HostEvent) => ({
  object: 'event' as const,
  id: event.id,
  type: event.type,
  created_at: isoFromInstant(event.createdAt),
  sequence: Number(event.sequence),
  object_id: event.objectId,
  data: event.data as Record<string, unknown>,
});
