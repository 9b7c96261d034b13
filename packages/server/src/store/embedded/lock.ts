import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

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

/** Tries to take the lock before giving up: each failed one removes at most one stale file. */
const TRIES_MAX = 5;

/**
 * Takes the lock, replacing one left behind by a process that no longer lives.
 * Errors: `FolderInUse` when its process is alive.
 */
export function lockFolder(path: string): FolderLock {
  mkdirSync(dirname(path), { recursive: true });
  const identity = `${process.pid} ${startTimeOf(process.pid)}\n`;
  for (let attempt = 0; attempt < TRIES_MAX; attempt++) {
    try {
      const file = openSync(path, 'wx', 0o600);
      writeSync(file, identity);
      fsyncSync(file);
      closeSync(file);
      return { release: () => releaseIfOurs(path, identity) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = readHolder(path);
      if (holder !== null && isAlive(holder)) throw new FolderInUse(path, holder.processId);
      rmSync(path, { force: true });
    }
  }
  throw new FolderInUse(path, 0);
}

interface Holder {
  readonly processId: number;
  readonly startTime: string;
}

function readHolder(path: string): Holder | null {
  try {
    const [processId, startTime] = readFileSync(path, 'utf8').trim().split(' ');
    const number = Number(processId);
    return Number.isInteger(number) && number > 0 ? { processId: number, startTime: startTime ?? '' } : null;
  } catch {
    return null;
  }
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
