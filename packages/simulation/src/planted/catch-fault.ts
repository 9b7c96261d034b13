import { Outcomes } from '../seeds/outcomes.js';
import { runSeed, type SeedResult } from '../seeds/run-seed.js';
import { Tally } from '../seeds/tally.js';
import type { Violation } from '../stage/violation.js';
import type { DatabaseKind } from '../test-databases.js';
import type { PlantedFault } from './planted-fault.js';

/** A planted fault is caught within so many seeds, or the simulation has no teeth there. */
export const PLANTED_SEEDS = 500;

export interface Hunt {
  readonly database: DatabaseKind;
  readonly firstSeed: number;
  readonly seeds: number;
  readonly steps: number;
}

export interface Caught {
  readonly seed: number;
  readonly step: number;
  readonly violation: Violation;
}

/** Plays seed after seed with the fault until one of the promises that it breaks is seen broken; null when none is. */
export async function catchFault(fault: PlantedFault, hunt: Hunt): Promise<Caught | null> {
  for (let seed = hunt.firstSeed; seed < hunt.firstSeed + hunt.seeds; seed++) {
    const result = await playPlanted(fault, { ...hunt, seed });
    const violation = result.violations.find(({ rule }) => fault.caughtBy.includes(rule));
    if (violation !== undefined) return { seed, step: result.steps, violation };
  }
  return null;
}

/** One seed with the fault. */
export const playPlanted = (
  fault: PlantedFault,
  { database, seed, steps }: { readonly database: DatabaseKind; readonly seed: number; readonly steps: number },
): Promise<SeedResult> =>
  runSeed({ database, seed, steps, plant: fault.plant, tally: new Tally(), outcomes: new Outcomes() });
