import { type Instant, invariant, MILLISECONDS_PER_DAY, MILLISECONDS_PER_SECOND } from '@tollbridge/core';

/**
 * Before this, in seconds of Stripe's clock, nothing can have been made under a key: a day before the key was, for clocks
 * that disagree. `searchFromAt` was written down with the key, by whichever of our clocks was behind, since an account of the
 * sandbox goes by its environment's: how far the two are apart may have changed since.
 */
export function searchFloorSeconds(searchFromAt: Instant | null): number {
  invariant(searchFromAt !== null, 'what is looked for was sent under a key');
  return Math.floor((searchFromAt - MILLISECONDS_PER_DAY) / MILLISECONDS_PER_SECOND);
}
