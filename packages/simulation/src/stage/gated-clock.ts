import type { Context } from '@tollbridge/server/context';
import type { ManualClock } from '../manual-clock.js';
import type { Scheduler } from './scheduler.js';

/** A timer is a call outside like any other: when it is picked, the clock moves to it. */
export const gatedClock = (clock: ManualClock, scheduler: Scheduler): Context['clock'] => ({
  machineNow: () => clock.machineNow(),
  after(milliseconds, call) {
    let canceled = false;
    // Also when it is killed with its process: whoever waits goes on to his next call outside, which fails.
    const fire = () => {
      if (!canceled) call();
    };
    const dueAt = clock.machineNow() + milliseconds;
    scheduler
      .gate('timer', async () => {
        clock.advance(Math.max(0, dueAt - clock.machineNow()));
      })
      .then(fire, fire);
    return () => {
      canceled = true;
    };
  },
  ended: (work, milliseconds) => endedInSlices(scheduler, clock, { work, milliseconds }),
});

/** So many looks a wait is cut into: as long as the work is picked about as often, most of it ends in time. */
const WAIT_SLICES = 20;

/**
 * Waiting for another actor's work: it is never woken by that actor, which would let two go on at once. It waits at the
 * gate like everybody, sees when it is picked whether the work has ended, and if not lets a slice of its time pass.
 */
async function endedInSlices(
  scheduler: Scheduler,
  clock: ManualClock,
  { work, milliseconds }: { readonly work: Promise<unknown>; readonly milliseconds: number },
): Promise<boolean> {
  let hasEnded = false;
  const mark = () => {
    hasEnded = true;
  };
  work.then(mark, mark);
  const deadline = clock.machineNow() + milliseconds;
  for (let slice = WAIT_SLICES; slice > 0 && !hasEnded; slice--)
    await scheduler.gate('wait', async () => {
      const leftMilliseconds = Math.max(0, deadline - clock.machineNow());
      if (!hasEnded) clock.advance(Math.ceil(leftMilliseconds / slice));
    });
  return hasEnded;
}
