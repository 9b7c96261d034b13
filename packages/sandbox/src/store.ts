import type { AnyCollection, StoredObject } from './collection.js';

export type { StoredObject } from './collection.js';

/** What one transaction changed: type, id, and the object as it is now (null: removed). */
export type Write = readonly [type: string, id: string, object: StoredObject | null];

/** One object's place on a shelf, for as long as the object or the memory of it within a transaction lasts. */
interface Entry {
  readonly id: string;
  object: StoredObject | undefined;
  /** In the order that objects came. */
  position: number;
  /** The transaction that touched it last; what it was before is remembered once for each. */
  touchedBy: number;
}

interface Touched {
  readonly shelf: Shelf;
  readonly entry: Entry;
  readonly before: StoredObject | undefined;
}

/** Told of each object a commit replaces or removes, as it was. */
export type Superseded = (type: string, before: StoredObject) => void;

/**
 * The objects of one account. Writes take effect at once and are remembered until `commit` or `rollback`, so that
 * reading never has to merge two layers.
 */
export class Store {
  readonly #shelves = new Map<string, Shelf>();
  readonly #touched: Touched[] = [];
  #transaction = 1;

  get(type: string, id: string): StoredObject | undefined {
    return this.#shelves.get(type)?.get(id);
  }

  put(collection: Pick<AnyCollection, 'type' | 'indexes'>, object: StoredObject): void {
    const shelf = this.#shelf(collection);
    const entry = shelf.entryFor(object.id);
    this.#touch(shelf, entry);
    shelf.set(entry, object);
  }

  remove(collection: Pick<AnyCollection, 'type' | 'indexes'>, id: string): void {
    const shelf = this.#shelf(collection);
    if (shelf.get(id) === undefined) return;
    const entry = shelf.entryFor(id);
    this.#touch(shelf, entry);
    shelf.set(entry, undefined);
  }

  where(collection: Pick<AnyCollection, 'type' | 'indexes'>, field: string, value: string): StoredObject[] {
    return this.#shelf(collection).where(field, value);
  }

  newestFirst(type: string, before = Number.POSITIVE_INFINITY): Iterable<StoredObject> {
    return this.#shelves.get(type)?.newestFirst(before) ?? [];
  }

  oldestFirst(type: string, after = -1): Iterable<StoredObject> {
    return this.#shelves.get(type)?.oldestFirst(after) ?? [];
  }

  /** Rises with the order in which objects of one type came; only good for comparing until the next commit. */
  position(type: string, id: string): number | undefined {
    return this.#shelves.get(type)?.position(id);
  }

  oldest(type: string): StoredObject | undefined {
    return this.#shelves.get(type)?.oldest();
  }

  count(type: string): number {
    return this.#shelves.get(type)?.count ?? 0;
  }

  types(): string[] {
    return [...this.#shelves.keys()];
  }

  /** What the transaction did so far: each object it touched once, as it is now. */
  written(): Write[] {
    return this.#touched.map(({ shelf, entry }) => [shelf.type, entry.id, entry.object ?? null]);
  }

  /**
   * Ends the transaction. `keep` gets each object it touched once, as it is now; when it throws nothing is ended yet and
   * the caller can still roll back. `superseded` then gets each object that was there before, as it was.
   */
  commit(keep?: (writes: Write[]) => void, superseded?: Superseded): void {
    if (this.#touched.length === 0) return;
    keep?.(this.written());
    for (const { shelf, entry, before } of this.#touched) {
      if (before !== undefined) superseded?.(shelf.type, before);
      if (entry.object === undefined) shelf.forget(entry);
    }
    this.#end();
  }

  rollback(): void {
    for (let last = this.#touched.pop(); last !== undefined; last = this.#touched.pop()) {
      last.shelf.set(last.entry, last.before);
      if (last.before === undefined) last.shelf.forget(last.entry);
    }
    this.#end();
  }

  #end(): void {
    this.#touched.length = 0;
    this.#transaction += 1;
  }

  #touch(shelf: Shelf, entry: Entry): void {
    if (entry.touchedBy === this.#transaction) return;
    entry.touchedBy = this.#transaction;
    this.#touched.push({ shelf, entry, before: entry.object });
  }

  #shelf(collection: Pick<AnyCollection, 'type' | 'indexes'>): Shelf {
    const found = this.#shelves.get(collection.type);
    if (found !== undefined) return found;
    const made = new Shelf(collection.type, collection.indexes);
    this.#shelves.set(collection.type, made);
    return made;
  }
}

/** Objects of one type in the order they came, which is the order lists are shown in. */
class Shelf {
  readonly type: string;
  readonly #entries = new Map<string, Entry>();
  readonly #order: (Entry | undefined)[] = [];
  /** Everything before this place in the order is gone. */
  #head = 0;
  readonly #indexes: Index[];
  /** Objects that are there now, without those a transaction has removed. */
  count = 0;

  constructor(type: string, indexes: readonly string[]) {
    this.type = type;
    this.#indexes = indexes.map((field) => ({ field, ids: new Map() }));
  }

  get(id: string): StoredObject | undefined {
    return this.#entries.get(id)?.object;
  }

  /** The place of this id, at the end of the order when it is new. */
  entryFor(id: string): Entry {
    const found = this.#entries.get(id);
    if (found !== undefined) return found;
    const entry = { id, object: undefined, position: this.#order.length, touchedBy: 0 };
    this.#order.push(entry);
    this.#entries.set(id, entry);
    return entry;
  }

  set(entry: Entry, object: StoredObject | undefined): void {
    const before = entry.object;
    entry.object = object;
    this.count += (object === undefined ? 0 : 1) - (before === undefined ? 0 : 1);
    for (const { field, ids } of this.#indexes) reindex(ids, entry.id, fieldOf(before, field), fieldOf(object, field));
  }

  where(field: string, value: string): StoredObject[] {
    const ids = this.#indexes.find((index) => index.field === field)?.ids.get(value);
    if (ids === undefined) return [];
    if (typeof ids === 'string') return [this.get(ids)].filter((object) => object !== undefined);
    return [...ids]
      .flatMap((id) => this.#entries.get(id) ?? [])
      .sort((one, other) => one.position - other.position)
      .flatMap((entry) => entry.object ?? []);
  }

  position(id: string): number | undefined {
    return this.#entries.get(id)?.position;
  }

  *oldestFirst(after: number): Iterable<StoredObject> {
    for (let position = after + 1; position < this.#order.length; position += 1) {
      const object = this.#order[position]?.object;
      if (object !== undefined) yield object;
    }
  }

  *newestFirst(before: number): Iterable<StoredObject> {
    for (let position = Math.min(before, this.#order.length) - 1; position >= 0; position -= 1) {
      const object = this.#order[position]?.object;
      if (object !== undefined) yield object;
    }
  }

  oldest(): StoredObject | undefined {
    for (; this.#head < this.#order.length; this.#head += 1) {
      const object = this.#order[this.#head]?.object;
      if (object !== undefined) return object;
    }
    return undefined;
  }

  /** Gives up a removed object's place in the order: only once its removal is certain, so that a rollback restores it. */
  forget(entry: Entry): void {
    if (!this.#entries.delete(entry.id)) return;
    this.#order[entry.position] = undefined;
    while (this.#order.length > 0 && this.#order.at(-1) === undefined) this.#order.pop();
    this.#head = Math.min(this.#head, this.#order.length);
    if (this.#order.length > 64 && this.#entries.size * 2 < this.#order.length) this.#close();
  }

  /** Leaves out the gaps of removed objects once they are most of the list. */
  #close(): void {
    const entries = this.#order.filter((entry) => entry !== undefined);
    this.#order.length = 0;
    this.#head = 0;
    for (const entry of entries) entry.position = this.#order.push(entry) - 1;
  }
}

/** Value → the ids that have it. Most values have one (a charge's intent), and a set for each would be most of the memory. */
type Ids = Map<unknown, string | Set<string>>;

interface Index {
  readonly field: string;
  readonly ids: Ids;
}

const fieldOf = (object: StoredObject | undefined, field: string): unknown =>
  object === undefined ? undefined : (object as unknown as Record<string, unknown>)[field];

const reindex = (index: Ids, id: string, before: unknown, after: unknown): void => {
  if (before === after) return;
  if (before !== undefined && before !== null) leave(index, id, before);
  if (after === undefined || after === null) return;
  const there = index.get(after);
  if (there === undefined) index.set(after, id);
  else if (typeof there === 'string') index.set(after, new Set([there, id]));
  else there.add(id);
};

const leave = (index: Ids, id: string, value: unknown): void => {
  const there = index.get(value);
  if (there === id) index.delete(value);
  else if (there instanceof Set) {
    there.delete(id);
    if (there.size === 0) index.delete(value);
  }
};
