export interface Due {
  /** Milliseconds or seconds: the heap only compares. */
  readonly at: number;
  /** Breaks ties: first asked, first served. */
  readonly sequence: number;
  readonly id: string;
}

/** The earliest first, in logarithmic time. Entries that no longer hold are for the reader to skip. */
export class DueHeap {
  readonly #entries: Due[] = [];
  #sequence = 0;

  push(at: number, id: string): void {
    const entry = { at, id, sequence: this.#sequence };
    this.#sequence += 1;
    let position = this.#entries.push(entry) - 1;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (!this.#before(position, parent)) break;
      this.#swap(position, parent);
      position = parent;
    }
  }

  first(): Due | undefined {
    return this.#entries[0];
  }

  pop(): Due | undefined {
    const first = this.#entries[0];
    const last = this.#entries.pop();
    if (first === undefined || last === undefined || first === last) return first;
    this.#entries[0] = last;
    let position = 0;
    for (;;) {
      const left = 2 * position + 1;
      const right = left + 1;
      let least = position;
      if (left < this.#entries.length && this.#before(left, least)) least = left;
      if (right < this.#entries.length && this.#before(right, least)) least = right;
      if (least === position) return first;
      this.#swap(position, least);
      position = least;
    }
  }

  get size(): number {
    return this.#entries.length;
  }

  #before(one: number, other: number): boolean {
    const [first, second] = [this.#entries[one], this.#entries[other]];
    if (first === undefined || second === undefined) return false;
    return first.at < second.at || (first.at === second.at && first.sequence < second.sequence);
  }

  #swap(one: number, other: number): void {
    const [first, second] = [this.#entries[one], this.#entries[other]];
    if (first === undefined || second === undefined) return;
    this.#entries[one] = second;
    this.#entries[other] = first;
  }
}
