import { SeededRandom } from '../seeded-random.js';
import { readBothSides } from './both-sides.js';
import { compare } from './compare.js';
import { findLost } from './find-traces.js';
import { addFindings, type Findings, noFindings } from './findings.js';
import { type Installation, type Part, startEmbedded, startOnPostgres } from './installation.js';
import { Dice, Load } from './load.js';
import { START_MILLISECONDS_MAX } from './program.js';
import { settle } from './settle.js';
import { type Stage, setStage } from './stage.js';
import { pause } from './until.js';

/** What is killed in a round; `each` takes the others of its database in turn. */
export type Target = 'server' | 'worker' | 'sandbox' | 'both' | 'postgres' | 'each';

export interface KillPlan {
  readonly database: 'embedded' | 'postgres';
  readonly target: Target;
  readonly rounds: number;
  readonly seed: number;
  /** The bound of each start; on a machine that others keep busy it says nothing, and may be set wider. */
  readonly startMillisecondsMax?: number;
  /** Told after each round, for those who wait. */
  readonly onRound?: (line: string) => void;
}

export interface KillReport {
  readonly plan: KillPlan;
  /** Writes that were answered, refusals of the rules counted by themselves. */
  readonly answered: number;
  readonly refused: number;
  readonly repeated: number;
  readonly kills: number;
  readonly killsWhileStarting: number;
  /** From the start of what was killed until all of it is ready again, in milliseconds. */
  readonly starts: readonly number[];
  readonly webhooks: { readonly promised: number; readonly arrivals: number };
  readonly charges: number;
  readonly balanceTransactions: number;
  readonly findings: Findings;
  readonly crashes: readonly string[];
  readonly logged: ReadonlyMap<string, number>;
}

/** The sandbox last, for it holds no lease: those of the others end meanwhile. */
export const TARGETS: Readonly<Record<KillPlan['database'], readonly Target[]>> = {
  embedded: ['server', 'both', 'sandbox'],
  postgres: ['worker', 'server', 'both', 'postgres', 'sandbox'],
};

const partsOf = (target: Target): Part[] => (target === 'both' ? ['server', 'sandbox'] : [target as Part]);

/** The moment of a kill, in milliseconds since the load began. */
const KILL_AFTER_MIN = 50;
const KILL_AFTER_MAX = 1_500;
/** How long the load goes on after it, as far as anybody still answers. */
const LOAD_AFTER_MAX = 400;
/** One in five is killed again while it starts. */
const WHILE_STARTING_CHANCE = 0.2;
const WHILE_STARTING_MAX = 1_500;
/** Answered writes that are sent once more in each round. */
const AGAIN_A_ROUND = 3;

const MOMENTS = 1;
const LOAD = 2;

/** Plays the rounds, lets everything come to rest, and holds both sides against each other. */
export async function runKills(plan: KillPlan): Promise<KillReport> {
  const start = plan.database === 'embedded' ? startEmbedded : startOnPostgres;
  const installation = await start(plan.startMillisecondsMax ?? START_MILLISECONDS_MAX);
  let stage: Stage | null = null;
  try {
    stage = await setStage(installation, plan.seed);
    return await play(stage, plan);
  } catch (error) {
    // Who fell by itself is why nothing could go on.
    for (const crash of installation.faults.crashes) plan.onRound?.(`crash: ${crash}`);
    throw error;
  } finally {
    await installation.stop();
    await stage?.host.stop();
  }
}

async function play(stage: Stage, plan: KillPlan): Promise<KillReport> {
  // Two streams, so that the moments follow from the seed and not from how much the load drew meanwhile.
  const random = new SeededRandom(plan.seed, MOMENTS);
  const dice = new Dice(new SeededRandom(plan.seed, LOAD), String(plan.seed));
  const findings = noFindings();
  const counts = { kills: 0, killsWhileStarting: 0, starts: [] as number[] };
  const targets = plan.target === 'each' ? TARGETS[plan.database] : [plan.target];
  for (let round = 0; round < plan.rounds; round++) {
    const target = targets[round % targets.length] ?? 'server';
    const begun = counts.starts.length;
    await playRound(stage, { parts: partsOf(target), random, dice, counts, findings });
    plan.onRound?.(
      `round ${round + 1} of ${plan.rounds}, ${target}: ready again in ${counts.starts[begun]} ms, ` +
        `${stage.book.answered.size} answered, ${stage.book.repeated} repeated`,
    );
  }
  const played = performance.now();
  findings.lost.push(...(await settle(stage)));
  plan.onRound?.(`at rest after ${Math.round((performance.now() - played) / 1_000)} s`);
  const sides = await readBothSides(stage);
  addFindings(findings, compare(sides, stage));
  findings.unequal.push(...stage.book.internalErrors, ...(await brokenBooks(stage)));
  return {
    plan,
    ...counts,
    answered: stage.book.answered.size,
    refused: stage.book.refused.size,
    repeated: stage.book.repeated,
    webhooks: { promised: sides.events.length, arrivals: stage.host.arrivals },
    charges: sides.intents.filter(({ status }) => status === 'succeeded').length,
    balanceTransactions: sides.balanceTransactions.length,
    findings,
    crashes: stage.installation.faults.crashes,
    logged: stage.installation.faults.logged,
  };
}

interface Round {
  readonly parts: readonly Part[];
  readonly random: SeededRandom;
  readonly dice: Dice;
  readonly counts: { kills: number; killsWhileStarting: number; readonly starts: number[] };
  readonly findings: Findings;
}

/** Load, kill, start, and a look at what was answered. */
async function playRound(stage: Stage, round: Round): Promise<void> {
  const { random, dice, findings } = round;
  const { installation, book } = stage;
  const killAfter = KILL_AFTER_MIN + random.below(KILL_AFTER_MAX - KILL_AFTER_MIN);
  const loadAfter = random.below(LOAD_AFTER_MAX);
  const killAgainAfter = random.chance(WHILE_STARTING_CHANCE) ? random.below(WHILE_STARTING_MAX) : null;
  const load = new Load(stage, dice);
  await pause(killAfter);
  if (await installation.kill(round.parts)) round.counts.kills += 1;
  await pause(loadAfter);
  await startAgain(installation, round, killAgainAfter);
  await load.stop();
  if (installation.faults.crashes.length > 0) throw new Error('a process ended by itself: nobody is left to ask');
  findings.lost.push(...(await book.repeatOpen()));
  for (let again = 0; again < AGAIN_A_ROUND && book.answered.size > 0; again++)
    await book.again(random.pick([...book.answered.keys()].slice(-AGAIN_AMONG)));
  findings.lost.push(...(await findLost(stage, book.takeFresh())));
  findings.unequal.push(...(await brokenBooks(stage)));
}

const AGAIN_AMONG = 50;

async function startAgain(installation: Installation, round: Round, killAgainAfter: number | null): Promise<void> {
  if (killAgainAfter !== null) {
    installation.launch(round.parts);
    await pause(killAgainAfter);
    if (await installation.kill(round.parts)) round.counts.killsWhileStarting += 1;
  }
  const begun = performance.now();
  installation.launch(round.parts);
  await installation.ready(round.parts);
  round.counts.starts.push(Math.round(performance.now() - begun));
}

/** INV-9: also in the middle of everything. */
async function brokenBooks({ reading: { tollbridge } }: Stage): Promise<string[]> {
  const { holds, violations } = await tollbridge.ledger.check();
  return holds
    ? []
    : violations.map(
        ({ identity, subject_id, expected, actual }) =>
          `${identity} of ${subject_id}: ${expected}, the books ${actual}`,
      );
}
