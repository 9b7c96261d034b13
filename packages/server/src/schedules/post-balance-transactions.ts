import { Changes } from '../changes.js';
import { postBalanceJob } from '../connections/balance-jobs.js';
import { commit } from '../store/commit.js';
import { listWorkingConnections } from '../store/connections.js';
import type { Schedule } from './schedule.js';

const EVERY_MILLISECONDS = 15_000;
const BATCH = 100;
const BATCHES_MAX = 1_000;

/** Has the balance of every connection that works read anew, so that the books follow Stripe's. */
export const postBalances: Schedule = {
  name: 'post_balance_transactions',
  everyMilliseconds: EVERY_MILLISECONDS,
  async tick(context) {
    let after = '';
    for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
      const connections = await listWorkingConnections(context.db, after, BATCH);
      const changes = new Changes();
      for (const connection of connections) changes.enqueue(postBalanceJob(context, connection));
      await commit(context.db, changes, context.clock.machineNow());
      const last = connections.at(-1);
      if (last === undefined || connections.length < BATCH) return;
      after = last.id;
    }
  },
};
