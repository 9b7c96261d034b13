/** An action that met a fault, and how often. */
export interface Cell {
  readonly action: string;
  readonly fault: string;
  readonly count: number;
}

interface Named {
  readonly name: string;
}

/** A run of so many seeds is long enough that each action must have met each fault; a shorter one is not judged. */
export const SEEDS_FOR_EVERY_CELL = 2_000;
/** So often each action must have met each fault in such a run, and in a longer one. */
export const CELL_COUNT_MIN = 100;

/** How often each action met each fault: what a run really tried (a blank cell was never tried). */
export class Tally {
  readonly #cells = new Map<string, Map<string, number>>();

  count(action: string, fault: string, times = 1): void {
    const row = this.#cells.get(action) ?? new Map<string, number>();
    row.set(fault, (row.get(fault) ?? 0) + times);
    this.#cells.set(action, row);
  }

  countOf(action: string, fault: string): number {
    return this.#cells.get(action)?.get(fault) ?? 0;
  }

  /** The cells that came too seldom for a run of so many seeds, those too that never came; none where it is too short. */
  shortAfter(seeds: number, actions: readonly Named[], faults: readonly Named[]): readonly Cell[] {
    if (seeds < SEEDS_FOR_EVERY_CELL) return [];
    return actions
      .flatMap((action) =>
        faults.map((fault) => ({
          action: action.name,
          fault: fault.name,
          count: this.countOf(action.name, fault.name),
        })),
      )
      .filter(({ count }) => count < CELL_COUNT_MIN);
  }

  /** The table of actions by faults, for people. */
  print(): string {
    const faults = [...new Set([...this.#cells.values()].flatMap((row) => [...row.keys()]))].sort();
    const width = Math.max(8, ...[...this.#cells.keys()].map((action) => action.length));
    const columns = faults.map((fault) => Math.max(fault.length, 6));
    const line = (first: string, cells: readonly string[]) =>
      [first.padEnd(width), ...cells.map((cell, index) => cell.padStart(columns[index] ?? 6))].join('  ');
    const rows = [...this.#cells.entries()]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([action, row]) =>
        line(
          action,
          faults.map((fault) => String(row.get(fault) ?? '')),
        ),
      );
    return [line('', faults), ...rows].join('\n');
  }
}
