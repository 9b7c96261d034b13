import type { Focus } from '../seeds/focus.js';
import type { Product } from '../stage/product.js';

/** A story in which a fault soon does harm, played by the tests. */
export interface ShortStory extends Focus {
  /** One that catches the fault. */
  readonly seed: number;
}

/** A fault that a program of this kind really had, planted into ours for one run: the simulation must catch it. */
export interface PlantedFault {
  readonly name: string;
  /** The public thread in which somebody had it. */
  readonly thread: string;
  /** What the program does with it. */
  readonly breaks: string;
  /** The promises of which it must be seen to break one. */
  readonly caughtBy: readonly string[];
  readonly shortStory: ShortStory;
  /** The seed of 200 steps of the whole story that caught it, after how many, and the promise that was broken; null: none yet. */
  readonly caughtAt: { readonly seed: number; readonly seedsPlayed: number; readonly rule: string } | null;
  /** Exchanges parts of the program; `acts` is told each time the fault does other than the program would. */
  plant(product: Product, acts: () => void): Product;
}
