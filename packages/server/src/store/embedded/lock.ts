import { closeSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.js';

/**
 * The embedded database has no lock of its own: two processes on one folder silently lost 226 of 600 acknowledged rows.
 * So a file made with O_EXCL stands beside it and names the process that holds it.
 */
export interface FolderLock {
  release(): void;
}

/** The folder is in use by a living process. */
export class FolderInUse extends Error {
  readonly processId: number;
  constructor(path: string, processId: number) {
    super(`${path} is held by process ${processId}`);
    this.name = 'FolderInUse';
    this.processId = processId;
  }
}

/** The system knows no greater ones, and says of such a one neither that it lives nor that it does not. */
const PROCESS_ID_MAX = 2 ** 31 - 1;
/** Tries to take the lock before giving up: each failed one removes at most one stale file. */
const TRIES_MAX = 5;
/** Somebody who has made the file writes into it at once; an empty one that stays so was left by a process that fell. */
const EMPTY_LOOKS_MAX = 20;
const EMPTY_LOOK_MILLISECONDS = 10;

/**
 * Takes the lock, replacing one left behind by a process that no longer lives.
 * Errors: `FolderInUse` when its process is alive.
 */
export function lockFolder(path: string): FolderLock {
  makeFolder(dirname(path));
  const identity = `${process.pid} ${startTimeOf(process.pid)}\n`;
  for (let attempt = 0; attempt < TRIES_MAX; attempt++) {
    if (makeLock(path, identity)) return { release: () => releaseIfOurs(path, identity) };
    const found = readLock(path);
    const processId = livingHolder(found);
    if (processId !== null) throw new FolderInUse(path, processId);
    removeStale(path, found);
  }
  throw new FolderInUse(path, 0);
}

/** The living process that holds the lock, or null. */
export const findHolder = (path: string): number | null => livingHolder(readLock(path));

function makeLock(path: string, identity: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, identity);
    fsyncSync(file);
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/** What the file says; null when there is none. */
function readLock(path: string): string | null {
  try {
    let text = readFileSync(path, 'utf8');
    for (let look = 0; text === '' && look < EMPTY_LOOKS_MAX; look++) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, EMPTY_LOOK_MILLISECONDS);
      text = readFileSync(path, 'utf8');
    }
    return text;
  } catch {
    return null;
  }
}

/**
 * Takes a stale file away under a name of our own and looks at it once more: of two processes that find it stale, the
 * slower one would otherwise remove the lock that the faster one has just made.
 */
function removeStale(path: string, found: string | null): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (found !== null && readFileSync(aside, 'utf8') !== found) linkSync(aside, path);
    rmSync(aside, { force: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  }
}

interface Holder {
  readonly processId: number;
  readonly startTime: string;
}

function livingHolder(text: string | null): number | null {
  const [processId, startTime = ''] = (text ?? '').trim().split(' ');
  const holder = { processId: Number(processId), startTime };
  const isOne = Number.isInteger(holder.processId) && holder.processId > 0 && holder.processId <= PROCESS_ID_MAX;
  return isOne && isAlive(holder) ? holder.processId : null;
}

/** A process number can be used again after a restart: the start time, where the system tells it, tells them apart. */
function isAlive(holder: Holder): boolean {
  if (holder.processId === process.pid) return holder.startTime === startTimeOf(process.pid);
  try {
    process.kill(holder.processId, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const startTime = startTimeOf(holder.processId);
  return holder.startTime === '' || startTime === '' || startTime === holder.startTime;
}

/** Field 22 of /proc/<pid>/stat, in clock ticks since boot; empty where there is no such file. */
function startTimeOf(processId: number): string {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function releaseIfOurs(path: string, identity: string): void {
  try {
    if (readFileSync(path, 'utf8') === identity) rmSync(path, { force: true });
  } catch {
    // The folder was removed under us: there is nothing left to release.
  }
}
