import type { Schedule } from './schedule.js';

/** Everything that happens because time passed. */
export const SCHEDULES: readonly Schedule[] = [];
