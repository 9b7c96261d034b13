import { violationsAlways, violationsAtRest } from '../invariants/invariants.js';
import type { Plant } from '../stage/product.js';
import { Universe } from '../stage/universe.js';
import type { Violation } from '../stage/violation.js';
import { ACTIONS } from '../story/actions.js';
import { prepareStory } from '../story/prepare.js';
import { type Action, Story } from '../story/story.js';
import type { DatabaseKind } from '../test-databases.js';
import { clearFaults, FAULTS, type Fault } from './faults.js';
import { type Focus, focused } from './focus.js';
import { toldIfNeverEnded } from './never-ended.js';
import type { Outcomes } from './outcomes.js';
import { comeToRest, restUntilQuiet } from './rest.js';
import type { Tally } from './tally.js';

export interface SeedResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** What happened, newest last: enough to see why. */
  readonly history: readonly string[];
  /** How many steps were played; the violation came after the last of them. */
  readonly steps: number;
}

export interface SeedOptions {
  readonly database: DatabaseKind;
  readonly seed: number;
  readonly steps: number;
  /** Steps that are left out, as if nobody had done anything in them. */
  readonly without?: ReadonlySet<number>;
  /** A fault that is planted for this run. */
  readonly plant?: Plant;
  /** The story is about this alone. */
  readonly focus?: Focus;
  readonly tally: Tally;
  readonly outcomes: Outcomes;
}

/** Calls that go on within a step: so few that most of what a step begins meets the next one. */
const RELEASES_PER_STEP_MAX = 52;

/** Plays one seed: so many steps with faults and crashes, the invariants after each, then to rest and all of them. */
export async function runSeed(options: SeedOptions): Promise<SeedResult> {
  const { database, seed, without } = options;
  const universe = await Universe.create(database, seed, options.plant);
  const history: string[] = [];
  const what = `seed ${seed} on ${database}${without === undefined ? '' : ', shortened,'}`;
  return toldIfNeverEnded(what, { history, universe }, () => play(options, universe, history));
}

async function play(options: SeedOptions, universe: Universe, history: string[]): Promise<SeedResult> {
  const { seed } = options;
  const story = new Story(universe);
  const weather: Weather = { fault: null, stepsLeft: 0 };
  const actions = focused(ACTIONS, options.focus?.actions);
  const faults = focused(FAULTS, options.focus?.faults);
  const ended = async (violations: readonly Violation[], steps: number): Promise<SeedResult> => {
    const waiting = universe.scheduler.waiting.map((call) => `waiting: ${call}`);
    // Whatever is still under way here must not go on in the next world.
    await universe.crash();
    return { seed, violations, history: [...history, ...waiting], steps };
  };
  let step = 0;
  try {
    await prepareStory(story, () => restUntilQuiet(universe));
    while (step < options.steps) {
      step += 1;
      if (options.without?.has(step) === true) continue;
      await playStep(story, { tally: options.tally, history, weather, actions, faults }, step);
      const violations = await violationsAlways(universe);
      if (violations.length > 0) return await ended(violations, step);
    }
    // The rest draws its chance like a step of its own.
    story.beginStep(options.steps + 1);
    await comeToRest(story);
    const broken = await violationsAlways(universe);
    const violations = broken.length > 0 ? broken : await violationsAtRest(universe);
    await options.outcomes.count(universe);
    return await ended(violations, step);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return await ended([{ rule: 'it_runs', text: `the run itself failed: ${text}` }], step);
  }
}

/** What goes wrong at present, and for how many steps more: some outages last. */
interface Weather {
  fault: Fault | null;
  stepsLeft: number;
}

function nextFault(universe: Universe, { weather, faults }: Playing): Fault {
  if (weather.fault !== null && weather.stepsLeft > 0) {
    weather.stepsLeft -= 1;
    return weather.fault;
  }
  clearFaults(universe);
  const fault = universe.random.pickWeighted(faults);
  fault.begin(universe);
  weather.fault = fault;
  weather.stepsLeft = fault.stepsMax === undefined ? 0 : universe.random.below(fault.stepsMax);
  return fault;
}

/** So often another action is picked where there was nothing to do one to: with each, fewer are left. */
const PICKS_MAX = 12;

async function someAction(
  story: Story,
  actions: readonly Action[],
): Promise<{ readonly action: Action; readonly what: string | null }> {
  let left = actions;
  for (let pick = 1; ; pick++) {
    const action = story.random.pickWeighted(left);
    const what = await action.run(story);
    left = left.filter((other) => other !== action);
    if (what !== null || pick === PICKS_MAX || left.length === 0) return { action, what };
  }
}

interface Playing {
  readonly tally: Tally;
  readonly history: string[];
  readonly weather: Weather;
  readonly actions: readonly Action[];
  readonly faults: readonly Fault[];
}

async function playStep(story: Story, playing: Playing, step: number): Promise<void> {
  const { tally, history } = playing;
  const { universe } = story;
  story.beginStep(step);
  const { random } = universe;
  const fault = nextFault(universe, playing);
  const { action, what } = await someAction(story, playing.actions);
  if (what === null) return;
  tally.count(action.name, fault.name);
  history.push(`${step} ${story.tenant.name}: ${action.name} [${fault.name}] ${what}`);
  const releases = random.below(RELEASES_PER_STEP_MAX) + random.below((action.meanwhile ?? 0) + 1);
  const crashAt = fault.crash === true ? random.below(releases + 1) : -1;
  for (let release = 0; release <= releases; release++) {
    if (release === crashAt) history.push(`${step} crash at ${await universe.crash()}`);
    if (random.chance(0.15)) universe.look();
    if (random.chance(0.1)) universe.deliver({ shuffle: random.chance(0.5), duplicateChance: 0.1 });
    if (random.chance(0.02)) universe.clock.advance(random.below(20_000));
    await universe.scheduler.step();
  }
}
