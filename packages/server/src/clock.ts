import { type Instant, invariant } from '@tollbridge/core';

/**
 * Two times (docs/decisions/0007). Machine time is this process's clock: leases, HTTP retries, tokens, rate limits.
 * Business time is an environment's clock: periods, due dates, dunning. This is the only file that reads the real clock.
 */
export interface Clock {
  machineNow(): Instant;
  /** Calls back once after a while of machine time; gives a way to take it back. */
  after(milliseconds: number, call: () => void): () => void;
}

export const realClock: Clock = {
  machineNow: () => Date.now() as Instant,
  after: (milliseconds, call) => {
    const timer = setTimeout(call, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

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
