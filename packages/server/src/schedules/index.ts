import { announceExpiringCards } from './announce-expiring-cards.js';
import { forgetIdempotencyKeys } from './forget-idempotency-keys.js';
import type { Schedule } from './schedule.js';

/** Everything that happens because time passed. */
export const SCHEDULES: readonly Schedule[] = [announceExpiringCards, forgetIdempotencyKeys];
