import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it that are missing; gives the ones it made, the uppermost first. Not by `recursive: true`:
 * where the system refuses a folder as missing (/proc), Node tries that for ever.
 */
export function makeFolder(path: string, mode?: number): string[] {
  if (existsSync(path)) return [];
  const above = dirname(path);
  const made = above === path ? [] : makeFolder(above);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Another process made it at the same moment.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return made;
    throw error;
  }
  return [...made, path];
}
