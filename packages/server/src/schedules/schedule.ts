import { addMilliseconds, isoFromInstant } from '@tollbridge/core';
import type { Context } from '../context.js';
import { findSchedulesAhead, takeSchedule } from '../store/schedules.js';

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
  const ahead = await findSchedulesAhead(context.db, isoFromInstant(context.clock.machineNow()));
  for (const schedule of schedules) {
    if (ahead.has(schedule.name)) continue;
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
