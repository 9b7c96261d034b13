import fc from 'fast-check';

const RUNS_VARIABLE = 'TOLLBRIDGE_GARBAGE_RUNS';
const SEED_VARIABLE = 'TOLLBRIDGE_GARBAGE_SEED';
/** What plays in `npm test` is the same every day, so that a red run is about the change and not about luck. */
const DEFAULT_SEED = 20_270_301;
const RUNS_FACTOR_MAX = 10_000;
const SEED_MAX = 0x7fff_ffff;

const wholeNumberOf = (variable: string, otherwise: number, max: number): number => {
  const text = process.env[variable];
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max)
    throw new Error(`${variable} is a whole number from 1 to ${max}, not "${text}"`);
  return value;
};

/** How many times as much is thrown as in `npm test`. */
export const runsFactor = (): number => wholeNumberOf(RUNS_VARIABLE, 1, RUNS_FACTOR_MAX);

export const seed = (): number => wholeNumberOf(SEED_VARIABLE, DEFAULT_SEED, SEED_MAX);

/** A few of everything each day, many in a long run; a failure names its seed and the smallest input that fails. */
export const thrown = (runs: number): { numRuns: number; seed: number; maxSkipsPerRun: number } => ({
  numRuns: runs * runsFactor(),
  seed: seed(),
  maxSkipsPerRun: 1_000,
});

/** How long a group of tests may take: a long run takes as many times as long. */
export const timeoutMilliseconds = (): number => 60_000 * runsFactor();

/** Counts what came back, by name, and says it in one line. */
export class Tally {
  readonly #counts = new Map<string, number>();

  count(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  print(title: string): void {
    const sorted = [...this.#counts].sort(([, a], [, b]) => b - a);
    console.log(`${title}: ${sorted.map(([name, count]) => `${name} ${count}`).join(', ')}`);
  }
}

export { fc };
