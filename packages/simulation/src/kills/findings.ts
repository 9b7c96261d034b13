/** What was found wrong, by what it means for the one who runs the product. */
export interface Findings {
  /** Answered or promised, and not there. */
  readonly lost: string[];
  /** There more than once, or though it was refused. */
  readonly doubled: string[];
  /** Both are there, and they do not agree. */
  readonly unequal: string[];
}

export const noFindings = (): Findings => ({ lost: [], doubled: [], unequal: [] });

export function addFindings(to: Findings, more: Findings): void {
  to.lost.push(...more.lost);
  to.doubled.push(...more.doubled);
  to.unequal.push(...more.unequal);
}

/** Each with how often it is there. */
export function countBy<Item>(items: Iterable<Item>, nameOf: (item: Item) => string | null | undefined) {
  const counts = new Map<string, number>();
  for (const item of items) {
    const name = nameOf(item);
    if (name !== null && name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
