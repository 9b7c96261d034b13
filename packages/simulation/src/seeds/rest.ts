import { nextDueAt } from '@tollbridge/server/jobs/queue';
import type { Universe } from '../stage/universe.js';
import type { Story } from '../story/story.js';
import { clearFaults } from './faults.js';

const REST_ROUNDS_MAX = 4_000;
const DRAIN_STEPS_MAX = 200_000;
const LONGEST_WAIT_MILLISECONDS = 4 * 24 * 3_600_000;
const LOOK_MILLISECONDS = 500;
const QUIET_ROUNDS = 4;
const POLL_MILLISECONDS = 61_000;

/** Puts in order whatever people or the weather broke, and lets everything come to its end. */
export async function comeToRest(story: Story): Promise<void> {
  const { universe } = story;
  clearFaults(universe);
  await replaceKeys(story);
  await restUntilQuiet(universe);
}

/** Keys get all their rights again, and whoever lost a connection puts a key in place. */
async function replaceKeys(story: Story): Promise<void> {
  const { universe } = story;
  for (const tenant of universe.tenants) for (const account of tenant.accounts) account.restoreKeys();
  // A refusal of before may still be on its way: only then it shows which connections are lost.
  await universe.scheduler.drain(DRAIN_STEPS_MAX);
  const rows = await universe.ask(
    `select environment_id, id, stripe_account_id as account from connections where status <> 'connected' order by seq`,
  );
  for (const row of rows) {
    story.enter(universe.tenants.find(({ environmentId }) => environmentId === row.environment_id));
    const secret_key = story.accountOf(row.account).secretKey;
    story.write('POST', `/v1/connections/${row.id}/rotate_key`, { secret_key });
  }
}

/** Works and waits until nothing is due on either side any more, with everything in order again. */
export async function restUntilQuiet(universe: Universe): Promise<void> {
  const deadline = universe.clock.machineNow() + LONGEST_WAIT_MILLISECONDS;
  let quietRounds = 0;
  for (let round = 0; round < REST_ROUNDS_MAX; round++) {
    // What was seen broken needs no rest, and may never come to one.
    if (universe.answers.length + universe.witness.violations.length > 0) return;
    universe.look();
    await universe.scheduler.drain(DRAIN_STEPS_MAX);
    const delivered = universe.deliver({ shuffle: false, duplicateChance: 0 });
    await universe.scheduler.drain(DRAIN_STEPS_MAX);
    if (delivered > 0) continue;
    const dueAt = await nextDueAt(universe.database);
    const now = universe.clock.machineNow();
    if (dueAt !== null && dueAt <= now) {
      // What is due may wait for a killed worker's lease, which only time ends.
      universe.clock.advance(LOOK_MILLISECONDS);
      continue;
    }
    const sandboxDue = universe.sandbox.deliveries.nextAtMs();
    const next = Math.min(dueAt ?? Infinity, sandboxDue ?? Infinity, universe.sandbox.nextDueMs() ?? Infinity);
    // Two polling intervals with nothing new on either side: what is still to come is farther away than this story.
    quietRounds = next === Infinity || next > deadline ? quietRounds + 1 : 0;
    if (quietRounds > QUIET_ROUNDS) return;
    const step = next === Infinity || next > deadline ? POLL_MILLISECONDS : Math.max(1, next - now);
    universe.clock.advance(step);
  }
  throw new Error(`no rest after ${REST_ROUNDS_MAX} rounds: ${await whatIsLeft(universe)}`);
}

/** What keeps the world from coming to rest: enough of it to see why. */
async function whatIsLeft(universe: Universe): Promise<string> {
  const rows = await universe.ask(`
select kind, payload::text as payload, attempts, last_error::text as last_error
from jobs
where dead_at is null
order by due_at
limit 5`);
  const now = universe.clock.machineNow();
  const sandbox = [universe.sandbox.deliveries.nextAtMs(), universe.sandbox.nextDueMs()].map((at) => (at ?? NaN) - now);
  return JSON.stringify({ jobs: rows, sandboxDueIn: sandbox });
}
