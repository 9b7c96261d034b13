import type { Story } from './story.js';

/** All of an amount or part of it, in steps that Stripe has a coin for: of three digits the last must be zero. */
export function moneyToPay(story: Story, minor: bigint, currency: string): bigint {
  const step = currency === 'kwd' ? 10n : 1n;
  if (minor <= step || story.random.chance(0.5)) return minor;
  const steps = Number(minor / step);
  return BigInt(1 + story.random.below(steps)) * step;
}
