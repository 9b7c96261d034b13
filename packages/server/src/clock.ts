import { type Instant, invariant } from '@tollbridge/core';

/**
 * Two times (docs/decisions/0007). Machine time is this process's clock: leases, HTTP retries, tokens, rate limits.
 * Business time is an environment's clock: periods, due dates, dunning. This is the only file that reads the real clock.
 */
export interface Clock {
  machineNow(): Instant;
  /** Calls back once after a while of machine time; gives a way to take it back. */
  after(milliseconds: number, call: () => void): () => void;
  /** Waits until work that goes on beside this has ended, at most so long; says whether it has, however it ended. */
  ended(work: Promise<unknown>, milliseconds: number): Promise<boolean>;
}

const afterReal: Clock['after'] = (milliseconds, call) => {
  const timer = setTimeout(call, milliseconds);
  timer.unref();
  return () => clearTimeout(timer);
};

export const realClock: Clock = {
  machineNow: () => Date.now() as Instant,
  after: afterReal,
  ended: (work, milliseconds) => endedWithin(afterReal, work, milliseconds),
};

/** `Clock.ended` for clocks whose timers call back by themselves. */
export function endedWithin(after: Clock['after'], work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = after(milliseconds, () => resolve(false));
    const end = () => {
      cancel();
      resolve(true);
    };
    work.then(end, end);
  });
}

export interface EnvironmentClock {
  readonly clockMode: 'real' | 'offset' | 'frozen';
  readonly clockOffsetMilliseconds: bigint;
  readonly clockFrozenAt: Instant | null;
}

/** What time it is for an environment's business. */
export function businessNow(clock: Clock, environment: EnvironmentClock): Instant {
  if (environment.clockMode === 'real') return clock.machineNow();
  if (environment.clockMode === 'offset')
    return (clock.machineNow() + Number(environment.clockOffsetMilliseconds)) as Instant;
  invariant(environment.clockFrozenAt !== null, 'a frozen clock has the instant it stands at');
  return environment.clockFrozenAt;
}

/** Ends when all that has come to this process at this moment had its turn. No time passes that a clock could tell. */
export const turnEnded = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
