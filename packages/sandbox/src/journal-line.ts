import type { StoredObject, Write } from './store.js';

/** What one committed transaction wrote to one account. */
export interface JournalEntry {
  readonly account: string;
  readonly writes: readonly Write[];
  /** What it wrote to others: all of it is in one line, so that no kill comes between. */
  readonly others?: readonly JournalEntry[];
}

/** Stands for an object that the same line holds already, or for an earlier state of it. */
interface Repetition {
  /** Which of the line's writes it is. */
  readonly repeats: number;
  /** The fields that were different then. */
  readonly except?: Fields;
}

type Fields = Readonly<Record<string, unknown>>;

/** With more differences than these an earlier state is written whole. */
const exceptionsMax = 16;

/**
 * An entry as a line of text. A payment is in its transaction four times, as itself, in two events and in the answer:
 * it is written once, and of what it was meanwhile the difference.
 */
export const lineOf = (entry: JournalEntry): string => {
  const pairs = [entry, ...(entry.others ?? [])].flatMap(({ account, writes }) => [
    account,
    writes.map((write) => shortened(write, writes)),
  ]);
  return `${JSON.stringify(pairs)}\n`;
};

/** What an object may hold whole: an event its `data.object`, a saved answer its `content`. */
interface Holder extends StoredObject {
  readonly content?: unknown;
  readonly data?: { readonly object?: unknown };
}

const shortened = (write: Write, writes: readonly Write[]): readonly unknown[] => {
  const [type, id, object] = write;
  const holder: Holder | null = object;
  if (holder === null) return write;
  const content = repetitionOf(holder.content, writes);
  if (content !== undefined) return [type, id, { ...holder, content }];
  const told = repetitionOf(holder.data?.object, writes);
  return told === undefined ? write : [type, id, { ...holder, data: { ...holder.data, object: told } }];
};

const repetitionOf = (held: unknown, writes: readonly Write[]): Repetition | undefined => {
  if (typeof held !== 'object' || held === null) return undefined;
  const { object: type, id } = held as { readonly object?: unknown; readonly id?: unknown };
  const repeats = writes.findIndex((write) => write[1] === id && write[0] === type);
  const written = writes[repeats]?.[2];
  if (written === undefined || written === null) return undefined;
  if (written === held) return { repeats };
  const except = differences(held as Fields, written as unknown as Fields);
  return except === undefined ? undefined : { repeats, except };
};

/** What `then` has otherwise than `now`; undefined when they do not have the same fields, or when it is not worth it. */
const differences = (then: Fields, now: Fields): Fields | undefined => {
  const names = Object.keys(then);
  if (names.length !== Object.keys(now).length) return undefined;
  const except: Record<string, unknown> = {};
  let count = 0;
  for (const name of names) {
    if (!Object.hasOwn(now, name)) return undefined;
    if (then[name] === now[name]) continue;
    // A line of JSON has no place for it, and the field would come back with what it became.
    if (then[name] === undefined) return undefined;
    except[name] = then[name];
    count += 1;
    if (count > exceptionsMax) return undefined;
  }
  return except;
};

/** The writes of a line with every repetition replaced by what it repeats. */
export const withRepetitions = (writes: readonly Write[]): Write[] =>
  writes.map(([type, id, object]) => {
    const holder: Holder | null = object;
    if (holder === null) return [type, id, null];
    const content = repeated(holder.content, writes);
    if (content !== undefined) return [type, id, { ...holder, content }];
    const told = repeated(holder.data?.object, writes);
    return [type, id, told === undefined ? object : { ...holder, data: { ...holder.data, object: told } }];
  });

const repeated = (held: unknown, writes: readonly Write[]): object | undefined => {
  if (typeof held !== 'object' || held === null) return undefined;
  const { repeats, except } = held as Partial<Repetition>;
  const written = typeof repeats === 'number' ? writes[repeats]?.[2] : undefined;
  if (written === undefined || written === null) return undefined;
  return except === undefined ? written : { ...written, ...except };
};
