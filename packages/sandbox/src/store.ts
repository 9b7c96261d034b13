import type { AnyCollection, StoredObject } from './collection.js';

/** What one transaction changed: type, id, and the object as it is now (null: removed). */
export type Write = readonly [type: string, id: string, object: StoredObject | null];

interface UndoEntry {
  readonly shelf: Shelf;
  readonly id: string;
  readonly before: StoredObject | undefined;
}

/**
 * The objects of one account. Writes take effect at once and are remembered until `commit` or `rollback`, so that
 * reading never has to merge two layers.
 */
export class Store {
  readonly #shelves = new Map<string, Shelf>();
  readonly #undo: UndoEntry[] = [];

  get(type: string, id: string): StoredObject | undefined {
    return this.#shelves.get(type)?.objects.get(id);
  }

  put(collection: Pick<AnyCollection, 'type' | 'indexes'>, object: StoredObject): void {
    const shelf = this.#shelf(collection);
    this.#undo.push({ shelf, id: object.id, before: shelf.objects.get(object.id) });
    shelf.set(object.id, object);
  }

  remove(collection: Pick<AnyCollection, 'type' | 'indexes'>, id: string): void {
    const shelf = this.#shelf(collection);
    const before = shelf.objects.get(id);
    if (before === undefined) return;
    this.#undo.push({ shelf, id, before });
    shelf.set(id, undefined);
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
    return this.#shelves.get(type)?.objects.size ?? 0;
  }

  types(): string[] {
    return [...this.#shelves.keys()];
  }

  /**
   * Ends the transaction. `keep` gets each object it touched once, as it is now; when it throws nothing is ended yet and
   * the caller can still roll back. `superseded` then gets each object that was there before, as it was.
   */
  commit(
    keep: (writes: Write[]) => void = () => undefined,
    superseded: (type: string, before: StoredObject) => void = () => undefined,
  ): void {
    if (this.#undo.length === 0) return;
    const touched = new Map<string, Write>();
    const befores = new Map<string, UndoEntry>();
    for (const entry of this.#undo) {
      const { shelf, id } = entry;
      const name = `${shelf.type} ${id}`;
      if (!touched.has(name)) befores.set(name, entry);
      touched.set(name, [shelf.type, id, shelf.objects.get(id) ?? null]);
    }
    keep([...touched.values()]);
    for (const { shelf, before } of befores.values()) if (before !== undefined) superseded(shelf.type, before);
    for (const { shelf, id } of this.#undo) if (!shelf.objects.has(id)) shelf.forget(id);
    this.#undo.length = 0;
  }

  rollback(): void {
    for (let entry = this.#undo.pop(); entry !== undefined; entry = this.#undo.pop()) {
      entry.shelf.set(entry.id, entry.before);
      if (entry.before === undefined) entry.shelf.forget(entry.id);
    }
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
  readonly objects = new Map<string, StoredObject>();
  readonly #order: (string | undefined)[] = [];
  /** Everything before this place in the order is gone. */
  #head = 0;
  readonly #positions = new Map<string, number>();
  readonly #indexes = new Map<string, Map<unknown, Set<string>>>();

  constructor(type: string, indexes: readonly string[]) {
    this.type = type;
    for (const field of indexes) this.#indexes.set(field, new Map());
  }

  set(id: string, object: StoredObject | undefined): void {
    const before = this.objects.get(id);
    if (object === undefined) this.objects.delete(id);
    else {
      this.objects.set(id, object);
      if (!this.#positions.has(id)) this.#positions.set(id, this.#order.push(id) - 1);
    }
    for (const [field, values] of this.#indexes) reindex(values, id, fieldOf(before, field), fieldOf(object, field));
  }

  where(field: string, value: string): StoredObject[] {
    const ids = [...(this.#indexes.get(field)?.get(value) ?? [])];
    const positions = this.#positions;
    ids.sort((one, other) => (positions.get(one) ?? 0) - (positions.get(other) ?? 0));
    return ids.flatMap((id) => this.objects.get(id) ?? []);
  }

  position(id: string): number | undefined {
    return this.#positions.get(id);
  }

  *oldestFirst(after: number): Iterable<StoredObject> {
    for (let position = after + 1; position < this.#order.length; position += 1) {
      const id = this.#order[position];
      const object = id === undefined ? undefined : this.objects.get(id);
      if (object !== undefined) yield object;
    }
  }

  *newestFirst(before: number): Iterable<StoredObject> {
    for (let position = Math.min(before, this.#order.length) - 1; position >= 0; position -= 1) {
      const id = this.#order[position];
      const object = id === undefined ? undefined : this.objects.get(id);
      if (object !== undefined) yield object;
    }
  }

  oldest(): StoredObject | undefined {
    for (; this.#head < this.#order.length; this.#head += 1) {
      const id = this.#order[this.#head];
      const object = id === undefined ? undefined : this.objects.get(id);
      if (object !== undefined) return object;
    }
    return undefined;
  }

  /** Gives up a removed object's place in the order: only once its removal is certain, so that a rollback restores it. */
  forget(id: string): void {
    const position = this.#positions.get(id);
    this.#positions.delete(id);
    if (position === undefined) return;
    this.#order[position] = undefined;
    while (this.#order.length > 0 && this.#order.at(-1) === undefined) this.#order.pop();
    this.#head = Math.min(this.#head, this.#order.length);
    if (this.#order.length > 64 && this.#positions.size * 2 < this.#order.length) this.#close();
  }

  /** Leaves out the gaps of removed objects once they are most of the list. */
  #close(): void {
    const ids = this.#order.filter((id) => id !== undefined);
    this.#order.length = 0;
    this.#head = 0;
    for (const id of ids) this.#positions.set(id, this.#order.push(id) - 1);
  }
}

const fieldOf = (object: StoredObject | undefined, field: string): unknown =>
  object === undefined ? undefined : (object as unknown as Record<string, unknown>)[field];

const reindex = (values: Map<unknown, Set<string>>, id: string, before: unknown, after: unknown): void => {
  if (before === after) return;
  const leaving = values.get(before);
  leaving?.delete(id);
  if (leaving?.size === 0) values.delete(before);
  if (after === undefined || after === null) return;
  const entered = values.get(after);
  if (entered === undefined) values.set(after, new Set([id]));
  else entered.add(id);
};
