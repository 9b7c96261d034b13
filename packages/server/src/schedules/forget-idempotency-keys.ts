import { addHours } from '@tollbridge/core';
import type { Context } from '../context.js';
import { forgetIdempotencyRecords } from '../store/idempotency.js';
import type { Schedule } from './schedule.js';

/** API-1: "kept 24 h". */
const KEPT_HOURS = 24;
const BATCH_MAX = 1_000;
const BATCHES_MAX = 100;

/** Answers kept for their idempotency keys are forgotten after a day. */
export const forgetIdempotencyKeys: Schedule = {
  name: 'forget_idempotency_keys',
  everyMilliseconds: 600_000,
  async tick(context: Context) {
    const before = addHours(context.clock.machineNow(), -KEPT_HOURS);
    for (let batch = 0; batch < BATCHES_MAX; batch++)
      if ((await forgetIdempotencyRecords(context.db, before, BATCH_MAX)) < BATCH_MAX) return;
  },
};
