import type { Focus } from '../seeds/focus.js';
import type { Product } from '../stage/product.js';

/** A fault that a program of this kind really had, planted into ours for one run: the simulation must catch it. */
export interface PlantedFault {
  readonly name: string;
  /** The public thread in which somebody had it. */
  readonly thread: string;
  /** What the program does with it. */
  readonly breaks: string;
  /** The promises of which it must be seen to break one. */
  readonly caughtBy: readonly string[];
  /** What a short story is about in which it soon does harm: played by the tests. */
  readonly focus: Focus;
  /** The first seed of 200 steps of the whole story that caught it, on the embedded database; null: none has yet. */
  readonly caughtAt: number | null;
  /** Exchanges parts of the program; `acts` is told each time the fault does other than the program would. */
  plant(product: Product, acts: () => void): Product;
}
