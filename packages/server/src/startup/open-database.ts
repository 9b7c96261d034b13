import { accessSync, constants, rmdirSync, statSync } from 'node:fs';
import type { Settings } from '../config.js';
import type { Logger } from '../log.js';
import { type Database, DatabaseUnavailable } from '../store/database.js';
import { FolderInUse, findHolder } from '../store/embedded/lock.js';
import { makeFolder } from '../store/embedded/make-folder.js';
import { holdsDatabase, lockPath, openEmbedded } from '../store/embedded/open.js';
import { readMigrations, refuseNewerSchema, SchemaTooNew } from '../store/migrate.js';

/** Something outside keeps the program from starting; the message is one sentence that says what to do. */
export class CannotStart extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CannotStart';
  }
}

/** The database the settings ask for; `log` hears what it has to say of itself later. Errors: `CannotStart`. */
export async function openDatabase(settings: Settings, log?: Logger): Promise<Database> {
  return settings.databaseUrl === null ? openInFolder(settings.dataFolder, log) : openAtUrl(settings.databaseUrl);
}

/**
 * The database of an installation that has been started before, for a command beside it: makes nothing and changes nothing.
 * Errors: `CannotStart`, also when another version of the program belongs to it.
 */
export async function openInstallation(settings: Settings): Promise<Database> {
  refuseHeldFolder(settings);
  if (settings.databaseUrl === null && !holdsDatabase(settings.dataFolder)) throw neverStarted();
  const database = await openDatabase(settings);
  try {
    const known = readMigrations();
    const schema = await askAtStart(() => schemaOf(database));
    if (schema === 0) throw neverStarted();
    if (schema < known.length)
      throw new CannotStart('This database belongs to an older Tollbridge: start this version once, and try again.');
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

const neverStarted = (): CannotStart =>
  new CannotStart('Tollbridge has never been started here: start it once, by "npm start", and try again.');

/** The schema of a database as it is; 0 when it is empty. Errors: `CannotStart` when a newer program made it. */
export async function schemaOf(database: Database): Promise<number> {
  try {
    return await refuseNewerSchema(database);
  } catch (error) {
    if (!(error instanceof SchemaTooNew)) throw error;
    throw new CannotStart(
      `This database belongs to a newer Tollbridge (${error.message}): start that version, or restore a backup.`,
    );
  }
}

/** Looks before anything is touched. Errors: `CannotStart` when another process has the data folder. */
export function refuseHeldFolder(settings: Settings): void {
  if (settings.databaseUrl !== null) return;
  const processId = findHolder(lockPath(settings.dataFolder));
  if (processId !== null) throw folderHeld(settings.dataFolder, processId);
}

/**
 * Looks whether the data folder can be had, by making what is missing of it and taking that away again: no look alone tells
 * that (in /proc the system's owner may write, and makes nothing). Errors: `CannotStart`.
 */
export function refuseUnusableFolder({ dataFolder }: Pick<Settings, 'dataFolder'>): void {
  try {
    const made = makeFolder(dataFolder);
    if (!statSync(dataFolder).isDirectory()) throw new Error('it is no folder');
    accessSync(dataFolder, constants.W_OK | constants.X_OK);
    for (const folder of made.reverse()) rmdirSync(folder);
  } catch (error) {
    throw new CannotStart(
      `The data folder ${dataFolder} cannot be used (${reasonOf(error)}): set TOLLBRIDGE_DATA_DIR to one that is yours to write.`,
    );
  }
}

/** PostgreSQL's `insufficient_privilege` and `read_only_sql_transaction`. */
const RIGHTS_MISSING = new Set<unknown>(['42501', '25006']);

/** What a start asks of its database. Errors: `CannotStart` where the database went away, or does not let its user. */
export async function askAtStart<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof DatabaseUnavailable) throw unusable(error);
    if (!(error instanceof Error) || !RIGHTS_MISSING.has((error as { code?: unknown }).code)) throw error;
    throw new CannotStart(
      `PostgreSQL does not let the user of DATABASE_URL make and read Tollbridge's tables (${reasonOf(error)}): make him the owner of the database.`,
    );
  }
}

const unusable = (error: unknown): CannotStart =>
  new CannotStart(
    `PostgreSQL at DATABASE_URL cannot be used (${reasonOf(error)}): check that it runs and that the address is right.`,
  );

async function openAtUrl(databaseUrl: string): Promise<Database> {
  // Only who uses PostgreSQL waits for its client to be loaded.
  const { openPostgres } = await import('../store/postgres.js');
  try {
    return await openPostgres(databaseUrl);
  } catch (error) {
    throw unusable(error);
  }
}

async function openInFolder(dataFolder: string, log?: Logger): Promise<Database> {
  try {
    return await openEmbedded(dataFolder, (error) =>
      log?.warn(
        { err: error },
        'the database could not be tended: it grows, and may be slower, until the next look can',
      ),
    );
  } catch (error) {
    if (error instanceof FolderInUse) throw folderHeld(dataFolder, error.processId);
    throw new CannotStart(
      `The database in ${dataFolder} cannot be opened (${reasonOf(error)}): check that this folder is yours to write, or set TOLLBRIDGE_DATA_DIR to another.`,
    );
  }
}

const folderHeld = (dataFolder: string, processId: number): CannotStart =>
  new CannotStart(
    `The data folder ${dataFolder} is in use by process ${processId}: stop that one first, or set TOLLBRIDGE_DATA_DIR to another folder.`,
  );

/** The first line only: what follows is for the makers of the database. */
const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message || error.name : String(error)).split('\n')[0]?.replace(/[.:]$/, '') ?? '';
