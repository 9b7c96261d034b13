import { addDays } from '@tollbridge/core';
import type { Context } from '../context.js';
import { forgetConsents } from '../store/consents.js';
import type { Schedule } from './schedule.js';

const KEPT_DAYS = 1;
const BATCH_MAX = 1_000;
const BATCHES_MAX = 100;

/** Consents that ran out are forgotten a day later: until then whoever comes back too late is told so. */
export const forgetOldConsents: Schedule = {
  name: 'forget_consents',
  everyMilliseconds: 3_600_000,
  async tick(context: Context) {
    const before = addDays(context.clock.machineNow(), -KEPT_DAYS);
    for (let batch = 0; batch < BATCHES_MAX; batch++)
      if ((await forgetConsents(context.db, before, BATCH_MAX)) < BATCH_MAX) return;
  },
};
