import { invariant, isRepresentable } from '@tollbridge/core';

/** An amount in minor units as a JSON number, which is exact in the range that our objects may carry. */
export function amountToJson(minor: bigint): number {
  invariant(isRepresentable(minor), 'an amount is exact as a JSON number');
  return Number(minor);
}
