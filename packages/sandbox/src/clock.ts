/**
 * The time of one account. `real` follows the machine, shifted by `offsetMs`; `accelerated` runs `rate` times as fast
 * since `sinceMs`; `manual` stands still until it is moved.
 */
export type Clock =
  | { readonly mode: 'real'; readonly offsetMs: number }
  | { readonly mode: 'accelerated'; readonly rate: number; readonly sinceMs: number; readonly startMs: number }
  | { readonly mode: 'manual'; readonly nowMs: number };

export const realClock: Clock = { mode: 'real', offsetMs: 0 };

/** The account's time in milliseconds when the machine's clock says `machineMs`. */
export const clockNowMs = (clock: Clock, machineMs: number): number => {
  if (clock.mode === 'manual') return clock.nowMs;
  if (clock.mode === 'real') return machineMs + clock.offsetMs;
  return clock.startMs + (machineMs - clock.sinceMs) * clock.rate;
};

/** The machine time at which the account's clock will show `accountMs`; never, for a clock that stands still. */
export const machineTimeOf = (clock: Clock, accountMs: number): number => {
  if (clock.mode === 'manual') return Number.POSITIVE_INFINITY;
  if (clock.mode === 'real') return accountMs - clock.offsetMs;
  return clock.sinceMs + (accountMs - clock.startMs) / clock.rate;
};
