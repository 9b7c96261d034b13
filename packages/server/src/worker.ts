import type { Lane } from './changes.js';
import type { Context } from './context.js';
import { claimJobs } from './jobs/claim-jobs.js';
import { untilNoneUnderWay } from './jobs/jobs-under-way.js';
import { leaseFrom } from './jobs/lease.js';
import { startJob } from './jobs/run-job.js';
import type { Schedule } from './schedules/schedule.js';
import { runDueSchedules } from './schedules/schedule.js';

/** How many jobs of a lane this process has under way at once: a slow host or a slow Stripe holds up only its own lane. */
export const LANE_CONCURRENCY: Readonly<Record<Lane, number>> = { intake: 16, money: 16, delivery: 16, bulk: 4 };
const LANES = Object.keys(LANE_CONCURRENCY) as Lane[];
/** Of one connection or one webhook endpoint: what hangs leaves room in its lane for the others. */
const PER_SOURCE_MAX: Readonly<Record<Lane, number>> = { intake: 12, money: 12, delivery: 4, bulk: 12 };
/** The workers look by themselves at least this often, also when a wake-up got lost. */
const LOOK_INTERVAL_MILLISECONDS = 500;

/** One look into all lanes at once: claims what there is room for and starts it. Gives how many jobs were started. */
export async function workOnce(context: Context): Promise<number> {
  const lanes = LANES.map((lane) => ({
    lane,
    batchMax: LANE_CONCURRENCY[lane] - context.underWay.countOfWorker(lane),
    perSourceMax: PER_SOURCE_MAX[lane],
    taken: context.underWay.placesOfWorker(lane),
  })).filter(({ batchMax }) => batchMax > 0);
  if (lanes.length === 0) return 0;
  const now = context.clock.machineNow();
  const jobs = await claimJobs(context.db, {
    lanes,
    now,
    leaseUntil: leaseFrom(now),
    token: Buffer.from(context.randomBytes(12)).toString('hex'),
  });
  for (const job of jobs) void startJob(context, job, 'worker');
  return jobs.length;
}

export interface Worker {
  /** Stops taking work and waits for what is under way, at most this long. */
  stop(graceMilliseconds: number): Promise<void>;
}

/** Runs until it is stopped: looks when work is announced, when a job ended, and at every interval. */
export function startWorker(context: Context, schedules: readonly Schedule[]): Worker {
  let stopped = false;
  let looking = false;
  let looked: Promise<void> = Promise.resolve();
  let again = false;
  let schedulesDueAt = -Infinity;
  let cancelTimer = () => {};

  const look = async () => {
    looking = true;
    do {
      again = false;
      try {
        if (context.clock.machineNow() >= schedulesDueAt) {
          schedulesDueAt = context.clock.machineNow() + LOOK_INTERVAL_MILLISECONDS;
          await runDueSchedules(context, schedules);
        }
        if (!stopped && (await workOnce(context)) > 0) again = true;
      } catch (error) {
        context.log.error({ error }, 'looking for work failed');
        again = false;
      }
    } while (again && !stopped);
    looking = false;
    if (!stopped) cancelTimer = context.clock.after(LOOK_INTERVAL_MILLISECONDS, wake);
  };

  const wake = () => {
    if (stopped) return;
    again = true;
    if (looking) return;
    cancelTimer();
    looked = look();
  };

  context.db.onWork(wake);
  context.underWay.onEnd(wake);
  wake();
  return {
    async stop(graceMilliseconds) {
      stopped = true;
      cancelTimer();
      const deadline = context.clock.machineNow() + graceMilliseconds;
      // What a last look takes is under way as well.
      await context.clock.ended(looked, graceMilliseconds);
      await untilNoneUnderWay(context.underWay, context.clock, deadline - context.clock.machineNow());
    },
  };
}
