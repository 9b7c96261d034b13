/** The smaller of two amounts of one currency, in minor units. `Math.min` knows no bigints. */
export function smallerOf(leftMinor: bigint, rightMinor: bigint): bigint {
  if (leftMinor < rightMinor) return leftMinor;
  return rightMinor;
}
