import { type Instant, isoFromInstant } from '@tollbridge/core';

/** A moment as ISO 8601 in UTC; null where there is none. */
export const isoOrNull = (at: Instant | null): string | null => (at === null ? null : isoFromInstant(at));
