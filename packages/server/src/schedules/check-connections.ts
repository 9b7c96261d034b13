import { MILLISECONDS_PER_DAY } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { checkConnectionJob } from '../connections/connection-jobs.js';
import { commit } from '../store/commit.js';
import { listWorkingConnections } from '../store/connections.js';
import type { Schedule } from './schedule.js';

const BATCH = 500;
/** Half a million connections in one installation. */
const BATCHES_MAX = 1_000;

/** Has every connection tried once a day, so that a loss is noticed also where nothing is collected (CON-8). */
export const checkConnections: Schedule = {
  name: 'check_connections',
  everyMilliseconds: MILLISECONDS_PER_DAY,
  async tick(context) {
    let after = '';
    for (let batch = 0; batch < BATCHES_MAX; batch++) {
      const connections = await listWorkingConnections(context.db, after, BATCH);
      const jobs = connections.map((connection) => checkConnectionJob(context, connection));
      await commit(context.db, new Changes().enqueue(...jobs), context.clock.machineNow());
      if (connections.length < BATCH) return;
      after = connections.at(-1)?.id ?? after;
    }
  },
};
