/** How often each action met each fault: what a run really tried (a blank cell was never tried). */
export class Tally {
  readonly #cells = new Map<string, Map<string, number>>();

  count(action: string, fault: string): void {
    const row = this.#cells.get(action) ?? new Map<string, number>();
    row.set(fault, (row.get(fault) ?? 0) + 1);
    this.#cells.set(action, row);
  }

  add(other: Tally): void {
    for (const [action, row] of other.#cells)
      for (const [fault, count] of row) for (let i = 0; i < count; i++) this.count(action, fault);
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
