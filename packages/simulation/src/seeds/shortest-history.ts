import { Outcomes } from './outcomes.js';
import { runSeed, type SeedOptions, type SeedResult } from './run-seed.js';
import { Tally } from './tally.js';

/** How often a failing seed is played again at most, to leave out what its failure does not need. */
const TRIES_MAX = 60;

/**
 * The shortest history found that still breaks the same promise: steps are left out in ever smaller pieces (the ddmin of
 * Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002). A step's chance does not depend on
 * the steps before it, so that those left stay what they were.
 */
export async function shortestHistory(
  options: Omit<SeedOptions, 'tally' | 'outcomes' | 'without'>,
  failed: SeedResult,
): Promise<SeedResult> {
  const rules = new Set(failed.violations.map(({ rule }) => rule));
  let shortest = failed;
  let kept = Array.from({ length: failed.steps }, (_, index) => index + 1);
  let pieces = 2;
  for (let tries = 0; tries < TRIES_MAX && kept.length > 1 && pieces <= kept.length; ) {
    const size = Math.ceil(kept.length / pieces);
    let isShorter = false;
    for (let from = 0; from < kept.length && tries < TRIES_MAX; tries++) {
      const fewer = [...kept.slice(0, from), ...kept.slice(from + size)];
      const result = await playOnly(options, fewer, failed.steps);
      if (result.violations.some(({ rule }) => rules.has(rule))) {
        shortest = result;
        kept = fewer.filter((step) => step <= result.steps);
        isShorter = true;
      } else from += size;
    }
    if (isShorter) pieces = Math.max(2, pieces - 1);
    else if (size === 1) break;
    else pieces *= 2;
  }
  return shortest;
}

function playOnly(
  options: Omit<SeedOptions, 'tally' | 'outcomes' | 'without'>,
  kept: readonly number[],
  steps: number,
): Promise<SeedResult> {
  const without = new Set(Array.from({ length: steps }, (_, index) => index + 1));
  for (const step of kept) without.delete(step);
  return runSeed({ ...options, steps, without, tally: new Tally(), outcomes: new Outcomes() });
}
