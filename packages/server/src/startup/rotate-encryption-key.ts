import { randomBytes } from 'node:crypto';
import { realClock } from '../clock.js';
import { readSettings, type Settings, SettingWrong } from '../config.js';
import { openSecretBox, SecretUnreadable } from '../secret-box.js';
import { readEncryptionKeyFile, writeEncryptionKeyFile } from './encryption-key-file.js';
import { CannotStart, openDatabase } from './open-database.js';
import { prepareDatabase } from './prepare-database.js';
import { rotateEncryption } from './rotate-encryption.js';

const KEY_BYTES = 32;

/**
 * `npm run rotate-encryption-key` (CON-12). Embedded: makes a new key, keeps the old one beside it in the key file until
 * every secret has the new seal, then forgets it; the program must not be running. Where the key is a setting it is the
 * operator's: TOLLBRIDGE_ENCRYPTION_KEY holds "new,old", here and in every running process, and "new" alone afterwards.
 */
async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const isOurs = settings.encryptionKeys.length === 0;
  if (!isOurs && settings.encryptionKeys.length < 2)
    throw new SettingWrong('TOLLBRIDGE_ENCRYPTION_KEY must hold the new and the old key, separated by a comma.');
  const db = await openDatabase(settings);
  try {
    const present = (isNeeded: boolean) => keysOf(settings, isNeeded);
    await prepareDatabase(db, { keys: present, randomBytes, now: realClock.machineNow() });
    const keys = isOurs ? withNewKey(settings) : settings.encryptionKeys;
    const count = await rotateEncryption({ db, secrets: openSecretBox({ keys, randomBytes }) });
    if (isOurs) writeEncryptionKeyFile(settings.dataFolder, keys.slice(0, 1));
    process.stdout.write(`${count} secrets have the seal of the new key.\n`);
    if (!isOurs) process.stdout.write('Set TOLLBRIDGE_ENCRYPTION_KEY to the new key alone now.\n');
  } finally {
    await db.close();
  }
}

const keysOf = (settings: Settings, isNeeded: boolean): readonly Uint8Array[] =>
  settings.encryptionKeys.length > 0
    ? settings.encryptionKeys
    : readEncryptionKeyFile({ dataFolder: settings.dataFolder, isNeeded, randomBytes });

/** A rotation that was cut off left two keys: it goes on with the newer instead of adding another. */
function withNewKey(settings: Settings): readonly Uint8Array[] {
  const known = keysOf(settings, true);
  const keys = known.length > 1 ? known : [randomBytes(KEY_BYTES), ...known];
  writeEncryptionKeyFile(settings.dataFolder, keys);
  return keys;
}

try {
  await main();
} catch (error) {
  const isExpected = error instanceof SettingWrong || error instanceof CannotStart || error instanceof SecretUnreadable;
  if (!isExpected) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
