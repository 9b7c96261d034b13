import type { Settings } from './config.js';
import type { Database } from './store/database.js';
import { FolderInUse } from './store/embedded/lock.js';
import { openEmbedded } from './store/embedded/open.js';
import { openPostgres } from './store/postgres.js';

/** Something outside keeps the program from starting; the message is one sentence that says what to do. */
export class CannotStart extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CannotStart';
  }
}

/** The database the settings ask for. Errors: `CannotStart`. */
export async function openDatabase(settings: Settings): Promise<Database> {
  if (settings.databaseUrl !== null) {
    try {
      return await openPostgres(settings.databaseUrl);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new CannotStart(
        `PostgreSQL at DATABASE_URL cannot be used (${reason}): check that it runs and that the address is right.`,
      );
    }
  }
  try {
    return await openEmbedded(settings.dataFolder);
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error;
    throw new CannotStart(
      `The data folder ${settings.dataFolder} is in use by process ${error.processId}: stop that one first, or set TOLLBRIDGE_DATA_DIR to another folder.`,
    );
  }
}
