import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './until.js';

/** The process that holds the sandbox's folder; null while none does. */
export function findSandboxProcess(dataFolder: string): number | null {
  try {
    const processId = Number(readFileSync(join(dataFolder, 'sandbox', 'sandbox.lock'), 'utf8'));
    return Number.isInteger(processId) && processId > 0 ? processId : null;
  } catch {
    return null;
  }
}

/**
 * `kill -9` to the sandbox that holds the folder. A lock left by one that is gone may name a number that belongs to another
 * by now: only a process that was started with this very folder is killed. Says whether one was.
 */
export function killSandbox(dataFolder: string, processId: number): boolean {
  try {
    if (!readFileSync(`/proc/${processId}/cmdline`, 'utf8').includes(dataFolder)) return false;
    return process.kill(processId, 'SIGKILL');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ESRCH') throw error;
    return false;
  }
}

/** Waits until the server has started the sandbox again: another process than the one that was killed answers. */
export async function untilSandboxAnswers(
  url: string,
  {
    dataFolder,
    killed,
    startMillisecondsMax,
  }: { readonly dataFolder: string; readonly killed: number | null; readonly startMillisecondsMax: number },
): Promise<void> {
  await until('a sandbox that answers', startMillisecondsMax, async () => {
    if (findSandboxProcess(dataFolder) === killed) return null;
    try {
      return (await fetch(`${url}/_sandbox/health`)).ok ? true : null;
    } catch {
      return null;
    }
  });
}
