import { addMilliseconds, isoFromInstant } from '@tollbridge/core';
import type { Context } from '../context.js';
import { takeSchedule } from '../store/schedules.js';

/** Something that happens because time passed. One process does it at a time, whichever comes first. */
export interface Schedule {
  readonly name: string;
  readonly everyMilliseconds: number;
  /** One tick: finds what is due and commits it, or the jobs that will do it. */
  tick(context: Context): Promise<void>;
}

/** Runs the ticks that are due. A tick that fails is logged and comes again at its next time. */
export async function runDueSchedules(context: Context, schedules: readonly Schedule[]): Promise<number> {
  let ran = 0;
  for (const schedule of schedules) {
    const now = context.clock.machineNow();
    const next = addMilliseconds(now, schedule.everyMilliseconds);
    if (!(await takeSchedule(context.db, schedule.name, isoFromInstant(now), isoFromInstant(next)))) continue;
    ran += 1;
    try {
      await schedule.tick(context);
    } catch (error) {
      context.log.error({ error, schedule: schedule.name }, 'a schedule failed');
      if (error instanceof Error && error.name === 'ProcessGone') throw error;
    }
  }
  return ran;
}
