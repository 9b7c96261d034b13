import { addSeconds } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { pollStripeEventsJob } from '../connections/connection-jobs.js';
import { commit } from '../store/commit.js';
import { VersionConflict } from '../store/database.js';
import { listDuePolls, stripeEventPollsTable } from '../store/stripe-event-polls.js';
import type { Schedule } from './schedule.js';

const TICK_MILLISECONDS = 5_000;
const BATCH_MAX = 500;

/** Has Stripe asked for its events wherever the interval has passed: the asking itself is a job of the intake lane. */
export const pollStripeEvents: Schedule = {
  name: 'poll_stripe_events',
  everyMilliseconds: TICK_MILLISECONDS,
  async tick(context) {
    const now = context.clock.machineNow();
    const due = await listDuePolls(context.db, now, BATCH_MAX);
    if (due.length === 0) return;
    const changes = new Changes();
    for (const poll of due) {
      changes.update(stripeEventPollsTable, { ...poll, dueAt: addSeconds(now, poll.intervalSeconds) });
      changes.enqueue(pollStripeEventsJob(context, { environmentId: poll.environmentId, id: poll.connectionId }));
    }
    try {
      await commit(context.db, changes, now);
    } catch (error) {
      // A poll that ends at this moment wrote its row first; the next tick finds what is still due.
      if (!(error instanceof VersionConflict)) throw error;
    }
  },
};
