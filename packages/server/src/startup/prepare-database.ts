import type { Instant } from '@tollbridge/core';
import { openSecretBox, type SecretBox, SecretUnreadable } from '../secret-box.js';
import type { Database } from '../store/database.js';
import { findEncryptionCheck, keepEncryptionCheck } from '../store/installation.js';
import { migrate } from '../store/migrate.js';
import { askAtStart, CannotStart, schemaOf } from './open-database.js';

const CHECK_OWNER = 'installation';
const CHECK_TEXT = 'tollbridge';

/**
 * Brings the schema up to date and gives the box for secrets, after it has made sure that its key is the one the stored
 * secrets were sealed with (CON-12). Errors: `CannotStart`, and then nothing was changed.
 */
export function prepareDatabase(database: Database, options: PrepareOptions): Promise<SecretBox> {
  return askAtStart(() => prepare(database, options));
}

async function prepare(database: Database, options: PrepareOptions): Promise<SecretBox> {
  const sealed = await findSealed(database);
  const keys = options.keys(sealed !== null);
  const secrets = openSecretBox({ keys, randomBytes: options.randomBytes });
  if (sealed !== null) refuseOtherKey(secrets, sealed);
  await migrate(database);
  if (sealed === null) await keepEncryptionCheck(database, secrets.seal(CHECK_TEXT, CHECK_OWNER), options.now);
  // Another process of the same first start may have sealed before us, with another key.
  if (sealed === null) refuseOtherKey(secrets, (await findEncryptionCheck(database)) ?? '');
  return secrets;
}

export interface PrepareOptions {
  /** The encryption keys; `isNeeded` when something was sealed before. */
  keys(isNeeded: boolean): readonly Uint8Array[];
  randomBytes(count: number): Uint8Array;
  readonly now: Instant;
}

async function findSealed(database: Database): Promise<string | null> {
  return (await schemaOf(database)) === 0 ? null : await findEncryptionCheck(database);
}

function refuseOtherKey(secrets: SecretBox, sealed: string): void {
  try {
    secrets.open(sealed, CHECK_OWNER);
  } catch (error) {
    if (!(error instanceof SecretUnreadable)) throw error;
    throw new CannotStart(
      'The encryption key is not the one this database was sealed with: set TOLLBRIDGE_ENCRYPTION_KEY (or encryption.key in the data folder) back to it.',
    );
  }
}
