import type { Universe } from '../stage/universe.js';

/** A promise: its name, and what is found to break it. */
export type Rule = readonly [rule: string, find: (universe: Universe) => Promise<readonly string[]>];
