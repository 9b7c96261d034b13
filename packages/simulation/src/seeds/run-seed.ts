import { nextDueAt } from '@tollbridge/server/jobs/queue';
import { ACTIONS } from './actions.js';
import { clearFaults, FAULTS, type Fault, pickWeighted } from './faults.js';
import { violationsAlways, violationsAtRest } from './invariants.js';
import type { Outcomes } from './outcomes.js';
import { prepareStory, Story } from './story.js';
import type { Tally } from './tally.js';
import type { DatabaseKind } from './test-databases.js';
import { Universe } from './universe.js';

export interface SeedResult {
  readonly seed: number;
  readonly violations: readonly string[];
  /** What happened, newest last: enough to see why. */
  readonly history: readonly string[];
  readonly steps: number;
}

export interface SeedOptions {
  readonly database: DatabaseKind;
  readonly seed: number;
  readonly steps: number;
  readonly tally: Tally;
  readonly outcomes: Outcomes;
}

const RELEASES_PER_STEP_MAX = 60;
const REST_ROUNDS_MAX = 4_000;
const DRAIN_STEPS_MAX = 200_000;
const LONGEST_WAIT_MILLISECONDS = 4 * 24 * 3_600_000;

/** Plays one seed: so many steps with faults and crashes, the invariants after each, then to rest and all of them. */
export async function runSeed(options: SeedOptions): Promise<SeedResult> {
  const universe = await Universe.create(options.database, options.seed);
  const story = new Story(universe);
  const history: string[] = [];
  const weather: Weather = { fault: null, stepsLeft: 0 };
  const fail = (violations: readonly string[], steps: number): SeedResult => ({
    seed: options.seed,
    violations,
    history: [...history, ...universe.scheduler.waiting.map((call) => `waiting: ${call}`)],
    steps,
  });
  try {
    await prepareStory(story, () => restUntilQuiet(universe));
    for (let step = 1; step <= options.steps; step++) {
      await playStep(story, { tally: options.tally, history, weather }, step);
      const violations = await violationsAlways(universe);
      if (violations.length > 0) return fail(violations, step);
    }
    clearFaults(universe);
    await restUntilQuiet(universe);
    const violations = [...(await violationsAlways(universe)), ...(await violationsAtRest(universe))];
    await options.outcomes.count(universe);
    return fail(violations, options.steps);
  } catch (error) {
    return fail([`the run itself failed: ${error instanceof Error ? error.stack : String(error)}`], options.steps);
  }
}

/** What goes wrong at present, and for how many steps more: some outages last. */
interface Weather {
  fault: Fault | null;
  stepsLeft: number;
}

function nextFault(universe: Universe, weather: Weather): Fault {
  if (weather.fault !== null && weather.stepsLeft > 0) {
    weather.stepsLeft -= 1;
    return weather.fault;
  }
  clearFaults(universe);
  const fault = pickWeighted(universe, FAULTS);
  fault.begin(universe);
  weather.fault = fault;
  weather.stepsLeft = fault.stepsMax === undefined ? 0 : universe.random.below(fault.stepsMax);
  return fault;
}

interface Play {
  readonly tally: Tally;
  readonly history: string[];
  readonly weather: Weather;
}

async function playStep(story: Story, { tally, history, weather }: Play, step: number): Promise<void> {
  const { universe } = story;
  const { random } = universe;
  const fault = nextFault(universe, weather);
  const action = pickWeighted(universe, ACTIONS);
  const what = await action.run(story);
  if (what === null) return;
  tally.count(action.name, fault.name);
  history.push(`${step} ${action.name} [${fault.name}] ${what}`);
  const releases = random.below(RELEASES_PER_STEP_MAX);
  const crashAt = fault.crash === true ? random.below(releases + 1) : -1;
  for (let release = 0; release <= releases; release++) {
    if (release === crashAt) history.push(`${step} crash at ${await universe.crash()}`);
    if (random.chance(0.15)) universe.look();
    if (random.chance(0.1)) universe.deliver({ shuffle: random.chance(0.5), duplicateChance: 0.1 });
    if (random.chance(0.02)) universe.clock.advance(random.below(20_000));
    await universe.scheduler.step();
  }
}

/** Works and waits until nothing is due on either side any more, with everything in order again. */
export async function restUntilQuiet(universe: Universe): Promise<void> {
  const deadline = universe.clock.machineNow() + LONGEST_WAIT_MILLISECONDS;
  let quietRounds = 0;
  for (let round = 0; round < REST_ROUNDS_MAX; round++) {
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
  const rows = await universe.database.query({
    text: `
select kind, payload::text as payload, attempts, last_error::text as last_error
from jobs
where dead_at is null
order by due_at
limit 5`,
  });
  const now = universe.clock.machineNow();
  const sandbox = [universe.sandbox.deliveries.nextAtMs(), universe.sandbox.nextDueMs()].map((at) => (at ?? NaN) - now);
  return JSON.stringify({ jobs: rows, sandboxDueIn: sandbox });
}

const LOOK_MILLISECONDS = 500;
const QUIET_ROUNDS = 4;
const POLL_MILLISECONDS = 61_000;
