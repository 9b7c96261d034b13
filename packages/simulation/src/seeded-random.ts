/**
 * A small seeded generator (sfc32, 128 bits of state): the same seeds give the same world, and streams of different seeds
 * do not run into each other, which the ids of one world need. Not for secrets.
 */
export class SeededRandom {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 0;

  constructor(...seeds: readonly number[]) {
    this.reseed(...seeds);
  }

  /** Begins the stream of these seeds anew, whatever was drawn before. */
  reseed(...seeds: readonly number[]): void {
    this.#a = mixed(0x9e3779b9, seeds);
    this.#b = mixed(0x243f6a88, seeds);
    this.#c = mixed(0xb7e15162, seeds);
    this.#counter = 1;
    // The first numbers of neighbouring seeds are alike.
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.next();
  }

  /** In [0, 1). */
  next = (): number => {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return (sum >>> 0) / 4_294_967_296;
  };

  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  /** One of those with a weight, as often as its weight says. */
  pickWeighted<Item extends { readonly weight: number }>(items: readonly Item[]): Item {
    const total = items.reduce((sum, item) => sum + item.weight, 0);
    let point = this.next() * total;
    for (const item of items) {
      point -= item.weight;
      if (point < 0) return item;
    }
    return this.pick(items);
  }

  bytes = (count: number): Uint8Array => {
    const drawn = new Uint8Array(count);
    for (let index = 0; index < count; index++) drawn[index] = this.below(256);
    return drawn;
  };
}

const WARM_UP_ROUNDS = 12;

/** 32 bits that depend on each bit of each seed (the finalizer of MurmurHash3). */
function mixed(start: number, seeds: readonly number[]): number {
  let hash = start;
  for (const seed of seeds) hash = finalized(hash ^ finalized(seed | 0)) + 0x9e3779b9;
  return finalized(hash);
}

function finalized(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}
