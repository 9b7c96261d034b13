import type { Focus } from '../seeds/focus.js';
import { Outcomes } from '../seeds/outcomes.js';
import { runSeed, type SeedResult } from '../seeds/run-seed.js';
import { Tally } from '../seeds/tally.js';
import type { Violation } from '../stage/violation.js';
import type { DatabaseKind } from '../test-databases.js';
import type { PlantedFault } from './planted-fault.js';

/** A planted fault is caught within so many seeds, or the simulation has no teeth there. */
export const PLANTED_SEEDS = 500;

interface Stage {
  readonly database: DatabaseKind;
  readonly steps: number;
  /** The story is about this alone. */
  readonly focus?: Focus;
}

export interface Hunt extends Stage {
  readonly firstSeed: number;
  readonly seeds: number;
}

export interface Hunted {
  /** The first broken promise of those that the fault breaks; null when none was seen. */
  readonly violation: Violation | null;
  /** The last seed that was played, and its last step. */
  readonly seed: number;
  readonly step: number;
  /** How often the fault did other than the program would have, in all the seeds. */
  readonly acts: number;
}

/** Plays seed after seed with the fault until one of the promises that it breaks is seen broken. */
export async function catchFault(fault: PlantedFault, hunt: Hunt): Promise<Hunted> {
  let last: Hunted = { violation: null, seed: hunt.firstSeed, step: 0, acts: 0 };
  for (let seed = hunt.firstSeed; seed < hunt.firstSeed + hunt.seeds && last.violation === null; seed++) {
    const result = await playPlanted(fault, { ...hunt, seed });
    const violation = result.violations.find(({ rule }) => fault.caughtBy.includes(rule)) ?? null;
    last = { violation, seed, step: result.steps, acts: last.acts + result.acts };
  }
  return last;
}

/** One seed with the fault; `acts` is how often it did other than the program would have. */
export async function playPlanted(
  fault: PlantedFault,
  { database, steps, focus, seed }: Stage & { readonly seed: number },
): Promise<SeedResult & { readonly acts: number }> {
  let acts = 0;
  const count = () => {
    acts += 1;
  };
  const result = await runSeed({
    database,
    seed,
    steps,
    ...(focus === undefined ? {} : { focus }),
    plant: (product) => fault.plant(product, count),
    tally: new Tally(),
    outcomes: new Outcomes(),
  });
  return { ...result, acts };
}
