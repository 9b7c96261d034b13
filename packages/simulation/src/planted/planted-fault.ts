import type { Plant } from '../stage/product.js';

/** A fault that a program of this kind really had, planted into ours for one run: the simulation must catch it. */
export interface PlantedFault {
  readonly name: string;
  /** The public thread in which somebody had it. */
  readonly thread: string;
  /** What the program does with it. */
  readonly breaks: string;
  /** The promises of which it must be seen to break one. */
  readonly caughtBy: readonly string[];
  /** A seed that catches it on the embedded database when so many steps are played; null: none is known yet. */
  readonly caughtAt: { readonly seed: number; readonly steps: number } | null;
  readonly plant: Plant;
}
