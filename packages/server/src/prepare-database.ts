import type { Instant } from '@tollbridge/core';
import { CannotStart } from './open-database.js';
import { type SecretBox, SecretUnreadable } from './secret-box.js';
import type { Database } from './store/database.js';
import { findEncryptionCheck, keepEncryptionCheck } from './store/installation.js';
import { migrate, SchemaTooNew } from './store/migrate.js';

const CHECK_OWNER = 'installation';
const CHECK_TEXT = 'tollbridge';

/**
 * Brings the schema up to date and makes sure that the encryption key is the one the stored secrets were sealed with
 * (CON-12). Errors: `CannotStart`, and then nothing was changed.
 */
export async function prepareDatabase(database: Database, secrets: SecretBox, now: Instant): Promise<void> {
  try {
    await migrate(database);
  } catch (error) {
    if (!(error instanceof SchemaTooNew)) throw error;
    throw new CannotStart(
      `This database belongs to a newer Tollbridge (${error.message}): start that version, or restore a backup.`,
    );
  }
  const sealed = await findEncryptionCheck(database);
  if (sealed === null) await keepEncryptionCheck(database, secrets.seal(CHECK_TEXT, CHECK_OWNER), now);
  const kept = sealed ?? (await findEncryptionCheck(database)) ?? '';
  try {
    secrets.open(kept, CHECK_OWNER);
  } catch (error) {
    if (!(error instanceof SecretUnreadable)) throw error;
    throw new CannotStart(
      'The encryption key is not the one this database was sealed with: set TOLLBRIDGE_ENCRYPTION_KEY (or encryption.key in the data folder) back to it.',
    );
  }
}
