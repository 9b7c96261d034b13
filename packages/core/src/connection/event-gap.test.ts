import { expect, test } from 'vitest';
import { addDays, addMilliseconds, addSeconds, instantOf } from '../time/instant.js';
import { gapBefore, type RereadStage, stageAfter } from './event-gap.js';

const lookedUntil = instantOf(1_800_000_000_000);
const after = (seconds: number) => gapBefore(addSeconds(lookedUntil, seconds), { lookedUntil, intervalSeconds: 10 });

test('a poll that is a little late is no gap; a longer silence is one, and begins where it was last listened', () => {
  expect(after(90)).toBeNull();
  expect(after(91)).toMatchObject({ since: lookedUntil, isBeyondMemory: false, stage: null, closedAt: null });
});

test('a gap that Stripe may have forgotten events of has everything we hold read again', () => {
  const kept = addDays(lookedUntil, 29);
  const at = (milliseconds: number) =>
    gapBefore(addMilliseconds(kept, milliseconds), { lookedUntil, intervalSeconds: 10 });
  expect(at(0)).toMatchObject({ isBeyondMemory: false, stage: null });
  expect(at(1)).toMatchObject({ isBeyondMemory: true, stage: 'held' });
});

test('the stages come one after the other, and end', () => {
  const stages: (RereadStage | null)[] = ['held'];
  for (let stage = stages[0]; stage != null; stage = stages.at(-1)) stages.push(stageAfter(stage));
  expect(stages).toEqual(['held', 'refunds_at_stripe', 'disputes_at_stripe', null]);
});
