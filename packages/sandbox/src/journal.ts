import {
  closeSync,
  createReadStream,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type JournalEntry, lineOf, withRepetitions } from './journal-line.js';
import type { Write } from './store.js';

export type { JournalEntry } from './journal-line.js';

/** Where committed writes go before their answer leaves. */
export interface Journal {
  append(entry: JournalEntry): void;
}

/** The data folder cannot be used; the message says why and what to do. */
export class DataFolderError extends Error {}

const journalName = 'journal.jsonl';
const lockName = 'sandbox.lock';
const syncPauseMs = 20;

/** Locks this very process holds: its own pid in a lock file says nothing, since a restart in a container has it again. */
const heldHere = new Set<string>();

/**
 * The journal of a data folder: one line for each transaction, handed to the system before the answer leaves, so that
 * killing this process loses nothing. One process at a time owns a folder, by a lock file made with O_EXCL.
 */
export class FileJournal implements Journal {
  readonly #folder: string;
  #file: number;
  /** Whole lines so far: what a write that failed half way is cut back to. */
  #bytes: number;
  #isSyncing = false;
  #syncTimer: NodeJS.Timeout | undefined;

  private constructor(folder: string, file: number) {
    this.#folder = folder;
    this.#file = file;
    this.#bytes = fstatSync(file).size;
  }

  /** Locks the folder, reads what is there into `apply`, and opens the journal for more. */
  static async open(folder: string, apply: (entry: JournalEntry) => void): Promise<FileJournal> {
    try {
      makeFolder(resolve(folder));
    } catch (error) {
      throw new DataFolderError(`The data folder ${folder} cannot be made: ${messageOf(error)}.`);
    }
    lock(resolve(folder, lockName), folder);
    const path = join(folder, journalName);
    try {
      if (existsSync(path)) await replay(path, apply);
      return new FileJournal(folder, openSync(path, 'a'));
    } catch (error) {
      unlock(folder);
      throw error;
    }
  }

  append(entry: JournalEntry): void {
    const line = lineOf(entry);
    const length = Buffer.byteLength(line);
    try {
      // As text first, which spares a copy; a disk that takes a part of it gets the rest as bytes.
      let written = writeSync(this.#file, line);
      if (written < length) {
        const bytes = Buffer.from(line);
        while (written < length) written += writeSync(this.#file, bytes, written);
      }
    } catch (error) {
      ftruncateSync(this.#file, this.#bytes);
      throw error;
    }
    this.#bytes += length;
    this.#syncSoon();
  }

  /**
   * Brings the lines to the disk behind the answers' back: losing power may lose the last moments, which a
   * sandbox may, and waiting for the disk would cost every request more than all the rest of its work.
   */
  #syncSoon(): void {
    if (this.#isSyncing) return;
    this.#isSyncing = true;
    // Not one after the other without a pause: while the disk syncs, it lets writes wait.
    this.#syncTimer = setTimeout(() => {
      fdatasync(this.#file, () => {
        this.#isSyncing = false;
      });
    }, syncPauseMs);
    this.#syncTimer.unref();
  }

  /** Replaces the history by what it came to: one line for each of `entries`. */
  compact(entries: Iterable<JournalEntry>): void {
    const path = join(this.#folder, journalName);
    const next = `${path}.next`;
    const file = openSync(next, 'w');
    for (const entry of entries) writeSync(file, lineOf(entry));
    closeSync(file);
    closeSync(this.#file);
    renameSync(next, path);
    this.#file = openSync(path, 'a');
    this.#bytes = fstatSync(this.#file).size;
  }

  close(): void {
    clearTimeout(this.#syncTimer);
    fdatasyncSync(this.#file);
    closeSync(this.#file);
    unlock(this.#folder);
  }
}

/**
 * Reads every whole line; a torn last line is what a kill in the middle of a write leaves, and is cut off. One that is
 * not the last was never left by us: what stands behind it is not thrown away.
 */
const replay = async (path: string, apply: (entry: JournalEntry) => void): Promise<void> => {
  let bytes = 0;
  let count = 0;
  let torn = false;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (torn) throw damaged(path, count);
    count += 1;
    const entry = entryOf(line);
    torn = entry === undefined;
    if (entry === undefined) continue;
    try {
      apply(entry);
    } catch {
      throw damaged(path, count);
    }
    bytes += Buffer.byteLength(line) + 1;
  }
  if (torn) truncateSync(path, bytes);
};

const damaged = (path: string, line: number): DataFolderError =>
  new DataFolderError(`${path} is damaged in line ${line}: put it back from a copy, or choose another data folder.`);

const entryOf = (line: string): JournalEntry | undefined => {
  try {
    const pairs: unknown[] = JSON.parse(line);
    const entries: JournalEntry[] = [];
    for (let at = 0; at < pairs.length; at += 2) {
      const [account, writes] = [pairs[at], pairs[at + 1]];
      if (typeof account !== 'string' || !Array.isArray(writes) || !writes.every(isWrite)) return undefined;
      entries.push({ account, writes: withRepetitions(writes) });
    }
    const [entry, ...others] = entries;
    return entry === undefined || others.length === 0 ? entry : { ...entry, others };
  } catch {
    return undefined;
  }
};

/** What, which one, and what it is now; null when it is gone. */
const isWrite = (write: unknown): write is Write => {
  if (!Array.isArray(write) || typeof write[0] !== 'string' || typeof write[1] !== 'string') return false;
  const object: unknown = write[2];
  return object === null || (typeof object === 'object' && (object as { readonly id?: unknown }).id === write[1]);
};

/** Not by `recursive: true`: where the system refuses a folder as missing (/proc), Node tries that for ever. */
const makeFolder = (folder: string): void => {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  mkdirSync(folder);
};

/** A lock left by a process that is gone is taken over; one whose process lives refuses. */
const lock = (path: string, folder: string): void => {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const file = openSync(path, 'wx');
      writeSync(file, String(process.pid));
      closeSync(file);
      heldHere.add(path);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new DataFolderError(`The data folder ${folder} cannot be written: ${messageOf(error)}.`);
      }
      const owner = Number(readFileSync(path, 'utf8'));
      if (heldHere.has(path) || isAlive(owner)) {
        throw new DataFolderError(
          `The data folder ${folder} is in use by process ${owner}: stop that sandbox or choose another folder.`,
        );
      }
      rmSync(path, { force: true });
    }
  }
  throw new DataFolderError(`The data folder ${folder} is being locked by another process: try again.`);
};

const unlock = (folder: string): void => {
  const path = resolve(folder, lockName);
  rmSync(path, { force: true });
  heldHere.delete(path);
};

const isAlive = (pid: number): boolean => {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
