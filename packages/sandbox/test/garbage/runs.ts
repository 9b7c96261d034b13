import fc from 'fast-check';

const RUNS_VARIABLE = 'TOLLBRIDGE_GARBAGE_RUNS';
const SEED_VARIABLE = 'TOLLBRIDGE_GARBAGE_SEED';
/** The same every day in `npm test`: a red run is about the change and not about luck. */
const SEED_DEFAULT = 20_270_302;
const RUNS_FACTOR_MAX = 10_000;
const SEED_MAX = 0x7fff_ffff;

const wholeNumberOf = (variable: string, otherwise: number, max: number): number => {
  const text = process.env[variable];
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new Error(`${variable} is a whole number from 1 to ${max}, not "${text}"`);
};

/** How many times as much is thrown as in `npm test`. */
const runsFactor = (): number => wholeNumberOf(RUNS_VARIABLE, 1, RUNS_FACTOR_MAX);

export const thrown = (runs: number): { numRuns: number; seed: number } => ({
  numRuns: runs * runsFactor(),
  seed: wholeNumberOf(SEED_VARIABLE, SEED_DEFAULT, SEED_MAX),
});

/** A long run takes as many times as long. */
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

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  print(title: string): void {
    const sorted = [...this.#counts].sort(([, a], [, b]) => b - a);
    console.log(`${title}: ${this.total} in all: ${sorted.map(([name, count]) => `${name} ${count}`).join(', ')}`);
  }
}

export { fc };
