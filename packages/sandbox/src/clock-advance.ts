import type { Account, DueRecord } from './account.js';
import { dueRecords } from './account.js';
import type { AccountWork, Moment } from './account-work.js';
import { type Cause, noCause } from './engine.js';
import { type TestClockObject, testClocks } from './test-clock.js';

/** What one tick does at most for one account's clocks: a long advance must not keep requests waiting. */
const stepsMaxPerTick = 50;

export interface Runner {
  runDue(account: Account, record: DueRecord, now: number): void;
  transact(account: Account, cause: Cause, act: (work: AccountWork) => void, moment?: Moment): void;
}

/** Moves the account's test clocks along by a bounded number of steps: what is due happens in order, in its own time. */
export const advanceClocks = (runner: Runner, account: Account): void => {
  let stepsLeft = stepsMaxPerTick;
  for (const clock of movingClocks(account)) {
    stepsLeft = advance(runner, account, clock, stepsLeft);
    if (stepsLeft === 0) return;
  }
};

/** Whether a tick has something to do for the account's test clocks. */
export const hasMovingClock = (account: Account): boolean => movingClocks(account).length > 0;

/** Those that advance, and those for which something became due at the very time they stand at. */
const movingClocks = (account: Account): TestClockObject[] => {
  if (account.store.count(testClocks.type) === 0) return [];
  const moving: TestClockObject[] = [];
  for (const found of account.store.oldestFirst(testClocks.type)) {
    const clock = found as TestClockObject;
    const first = account.dueOnClocks.get(clock.id)?.first();
    const isDue = clock.status === 'ready' && first !== undefined && first.at <= clock.frozen_time;
    if (clock.status === 'advancing' || isDue) moving.push(clock);
  }
  return moving;
};

const advance = (runner: Runner, account: Account, clock: TestClockObject, stepsMax: number): number => {
  const target = clock.status_details.advancing?.target_frozen_time ?? clock.frozen_time;
  const queue = account.dueOnClocks.get(clock.id);
  for (let left = stepsMax; left > 0; left -= 1) {
    const first = queue?.first();
    if (first === undefined || first.at > target) {
      if (clock.status === 'advancing') arrive(runner, account, clock, target);
      return left - 1;
    }
    queue?.pop();
    const record = account.store.get(dueRecords.type, first.id) as DueRecord | undefined;
    if (record?.at !== first.at || record.clock !== clock.id) continue;
    step(runner, account, clock, record);
  }
  return 0;
};

const step = (runner: Runner, account: Account, clock: TestClockObject, record: DueRecord): void => {
  try {
    runner.runDue(account, record, Math.max(record.at, clock.frozen_time));
  } catch (error) {
    runner.transact(account, noCause, (work) => {
      const failed = work.update(testClocks, clock, { status: 'internal_failure', status_details: {} });
      work.emit('test_helpers.test_clock.internal_failure', failed);
    });
    throw error;
  }
};

const arrive = (runner: Runner, account: Account, clock: TestClockObject, target: number): void =>
  runner.transact(account, noCause, (work) => {
    const ready = work.update(testClocks, clock, { frozen_time: target, status: 'ready', status_details: {} });
    work.emit('test_helpers.test_clock.ready', ready);
  });
