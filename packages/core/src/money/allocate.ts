import { invariant } from '../invariant.js';
import { err, ok, type Result } from '../result.js';
import { type Money, money } from './money.js';
import { absolute } from './rounding.js';

export interface AllocationImpossible {
  readonly code: 'allocation_without_weight';
}

/**
 * Splits an amount in proportion to weights, without gaining or losing a minor unit: the parts always sum to the whole.
 * Each part is rounded towards zero first; what is left over goes, one minor unit each, to the largest remainders, and
 * among equal remainders to the earlier part (the largest-remainder method). A negative total is split as its mirror.
 *
 * Errors: `allocation_without_weight` when there are no weights or all are zero.
 */
export function allocate(total: Money, weights: readonly bigint[]): Result<Money[], AllocationImpossible> {
  invariant(
    weights.every((weight) => weight >= 0n),
    'a weight is never negative',
  );
  const weightTotal = weights.reduce((left, right) => left + right, 0n);
  if (weightTotal === 0n) return err({ code: 'allocation_without_weight' });
  const size = absolute(total.minor);
  const parts = weights.map((weight, position) => ({
    position,
    minor: (size * weight) / weightTotal,
    remainder: (size * weight) % weightTotal,
  }));
  const leftOver = size - parts.reduce((left, part) => left + part.minor, 0n);
  const favoured = new Set(
    [...parts]
      .sort(byRemainder)
      .slice(0, Number(leftOver))
      .map((part) => part.position),
  );
  const sign = total.minor < 0n ? -1n : 1n;
  return ok(parts.map((part) => money(sign * (part.minor + (favoured.has(part.position) ? 1n : 0n)), total.currency)));
}

interface Part {
  readonly position: number;
  readonly remainder: bigint;
}

function byRemainder(left: Part, right: Part): number {
  if (left.remainder === right.remainder) return left.position - right.position;
  return left.remainder > right.remainder ? -1 : 1;
}
