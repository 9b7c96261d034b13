import { err, ok, type Result } from './result.js';

/** One state machine as data: what each event makes of each state. A pair that is not in the table is illegal. */
export type StateTable<State extends string, Event extends string> = {
  readonly [From in State]: { readonly [Happening in Event]?: State };
};

export interface IllegalTransition<Code extends string, State extends string, Event extends string> {
  readonly code: Code;
  readonly state: State;
  readonly event: Event;
}

/**
 * The state that `event` leads to.
 *
 * Errors: `code` as given by the caller, when the table has no such pair; the state then stays as it was.
 */
export function transition<State extends string, Event extends string, Code extends string>(
  table: StateTable<State, Event>,
  from: { readonly state: State; readonly event: Event },
  code: Code,
): Result<State, IllegalTransition<Code, State, Event>> {
  const next = table[from.state][from.event];
  return next === undefined ? err({ code, state: from.state, event: from.event }) : ok(next);
}
