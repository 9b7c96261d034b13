import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CannotStart } from './open-database.js';
import { parseEncryptionKey } from './secret-box.js';
import { syncPath } from './store/embedded/durable-files.js';

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
 * The file gets its name when it is whole, so that a start that is cut off leaves no half a key.
 * Errors: `CannotStart` with one sentence.
 */
export function readEncryptionKeyFile(options: KeyFileOptions): Uint8Array {
  const path = join(options.dataFolder, 'encryption.key');
  if (!existsSync(path)) {
    if (options.isNeeded)
      throw new CannotStart(
        `${path} is missing: put it back from your backup, for without it the stored secrets cannot be read.`,
      );
    makeKeyFile(path, options);
  }
  const key = parseEncryptionKey(readFileSync(path, 'utf8').trim());
  if (key !== null) return key;
  throw new CannotStart(`${path} does not hold a key of ${KEY_BYTES} bytes: put it back from your backup.`);
}

function makeKeyFile(path: string, options: KeyFileOptions): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.unfinished`;
  const text = `${Buffer.from(options.randomBytes(KEY_BYTES)).toString('hex')}\n`;
  writeFileSync(unfinished, text, { mode: MODE, flush: true });
  renameSync(unfinished, path);
  syncPath(dirname(path));
}
