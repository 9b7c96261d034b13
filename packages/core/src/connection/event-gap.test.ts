import { expect, test } from 'vitest';
import { addDays, addMilliseconds, addSeconds, instantOf } from '../time/instant.js';
import { type EventGap, gapBefore, nextStage, REREAD_STAGES, type RereadStage } from './event-gap.js';

const lookedUntil = instantOf(1_800_000_000_000);
const after = (seconds: number, open: EventGap | null = null) =>
  gapBefore(addSeconds(lookedUntil, seconds), { lookedUntil, intervalSeconds: 10, open });
const fetched: EventGap = {
  since: instantOf(1),
  openedAt: instantOf(2),
  isBeyondMemory: true,
  eventsFound: 7,
  objectsReread: 9,
  stage: null,
  stageAfter: null,
  fetchedAt: instantOf(3),
  closedAt: null,
};

test('a poll that is a little late is no gap; a longer silence is one, and begins where it was last listened', () => {
  expect(after(90)).toBeNull();
  expect(after(91)).toMatchObject({ since: lookedUntil, isBeyondMemory: false, stage: null, closedAt: null });
});

test('a gap that Stripe may have forgotten events of has everything we hold read again', () => {
  const kept = addDays(lookedUntil, 29);
  const at = (milliseconds: number) =>
    gapBefore(addMilliseconds(kept, milliseconds), { lookedUntil, intervalSeconds: 10, open: null });
  expect(at(0)).toMatchObject({ isBeyondMemory: false, stage: null });
  expect(at(1)).toMatchObject({ isBeyondMemory: true, stage: 'customers' });
});

test('a silence within a gap is part of it; one beyond what Stripe keeps has everything read again, with a beginning of its own', () => {
  expect(after(60, fetched)).toBe(fetched);
  expect(after(3_600, fetched)).toEqual({ ...fetched, fetchedAt: null });
  const month = 40 * 86_400;
  expect(after(month, fetched)).toEqual({
    ...fetched,
    openedAt: addSeconds(lookedUntil, month),
    stage: 'customers',
    fetchedAt: null,
  });
});

test('the stages come one after the other, and end', () => {
  const stages: (RereadStage | null)[] = [REREAD_STAGES[0]];
  for (let stage = stages[0]; stage != null; stage = stages.at(-1)) stages.push(nextStage(stage));
  expect(stages).toEqual([...REREAD_STAGES, null]);
});
