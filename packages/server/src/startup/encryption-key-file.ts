import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEncryptionKey } from '../secret-box.js';
import { syncPath } from '../store/embedded/durable-files.js';
import { makeFolder } from '../store/embedded/make-folder.js';
import { CannotStart } from './open-database.js';

const KEY_BYTES = 32;
/** Only the user who runs the program may read it. */
const MODE = 0o600;

export interface KeyFileOptions {
  readonly dataFolder: string;
  /** Something was sealed before: then the key is there, or it is lost, and a new one would hide that. */
  readonly isNeeded: boolean;
  randomBytes(count: number): Uint8Array;
}

/**
 * The key of an embedded installation, made by its first start. Called only by the process that holds the data folder.
 * While one key replaces another (`rotate-encryption-key.ts`) it holds both, the new one first.
 * Errors: `CannotStart` with one sentence.
 */
export function readEncryptionKeyFile(options: KeyFileOptions): Uint8Array[] {
  const path = keyFileOf(options.dataFolder);
  if (!existsSync(path)) {
    if (options.isNeeded)
      throw new CannotStart(
        `${path} is missing: put it back from your backup, for without it the stored secrets cannot be read.`,
      );
    makeFolder(dirname(path));
    writeEncryptionKeyFile(options.dataFolder, [options.randomBytes(KEY_BYTES)]);
  }
  const keys = readFileSync(path, 'utf8').trim().split(',').map(parseEncryptionKey);
  if (keys.every((key) => key !== null)) return keys;
  throw new CannotStart(`${path} does not hold a key of ${KEY_BYTES} bytes: put it back from your backup.`);
}

/** The file gets its name when it is whole, so that being cut off leaves no half a key and loses no old one. */
export function writeEncryptionKeyFile(dataFolder: string, keys: readonly Uint8Array[]): void {
  const path = keyFileOf(dataFolder);
  const unfinished = `${path}.unfinished`;
  const text = `${keys.map((key) => Buffer.from(key).toString('hex')).join(',')}\n`;
  writeFileSync(unfinished, text, { mode: MODE, flush: true });
  renameSync(unfinished, path);
  syncPath(dirname(path));
}

const keyFileOf = (dataFolder: string): string => join(dataFolder, 'encryption.key');
