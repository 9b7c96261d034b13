import type { Action } from '../story/story.js';
import type { Fault } from './faults.js';

/** What a short story is about: only these things are done in it, and only these go wrong. */
export interface Focus {
  readonly actions: readonly string[];
  readonly faults: readonly string[];
  readonly steps: number;
}

/** Those of the story that a focus names, or all of them. Errors: throws for a name that nothing has. */
export function focused<Item extends Action | Fault>(
  items: readonly Item[],
  names: readonly string[] | undefined,
): Item[] {
  if (names === undefined) return [...items];
  return names.map((name) => {
    const item = items.find((each) => each.name === name);
    if (item === undefined) throw new Error(`nothing in the story is called ${name}`);
    return item;
  });
}
