import { cpSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import {
  type Database,
  parseTimestamp,
  type Statement,
  TYPE_OIDS,
  translateDatabaseError,
  WORK_CHANNEL,
} from '../database.js';
import { type Breaks, watchForBreaks } from './breaks.js';
import { DurableFiles, syncFolder, syncPath } from './durable-files.js';
import { lockFolder } from './lock.js';
import { makeFolder } from './make-folder.js';
import { PreparedStatements } from './prepared.js';
import { templateArchive, templateFolder } from './template.js';
import { type OnUpkeepFailed, Upkeep } from './upkeep.js';

/**
 * Stock parameters without `-F`, which is "no fsync"; `fsync` as the method, because it is the one call that
 * `DurableFiles` answers; 16 MB of buffers keep the resident memory near 200 MB (with the default it is 315 MB).
 */
const startParameters = (durable: boolean): string[] => [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F' || !durable),
  ...['-c', 'wal_sync_method=fsync', '-c', 'shared_buffers=16MB', '-c', 'timezone=UTC'],
];

const options = (durable: boolean): PGliteOptions => ({
  startParams: startParameters(durable),
  parsers: {
    [TYPE_OIDS.int8]: (text: string) => BigInt(text),
    [TYPE_OIDS.numeric]: (text: string) => text,
    [TYPE_OIDS.timestamptz]: (text: string) => parseTimestamp(text),
  },
});

export const lockPath = (dataFolder: string): string => join(dataFolder, 'database.lock');

/** A first start has made its database in this data folder. */
export const holdsDatabase = (dataFolder: string): boolean => existsSync(join(dataFolder, 'database', 'PG_VERSION'));

/**
 * Opens the embedded database inside a data folder and holds its lock until `close`.
 * The first time, the cluster is unpacked from the template beside its final place and renamed into it only when it is
 * whole and on the disk: a first start that is cut off leaves nothing half made.
 * Errors: `FolderInUse` when a living process holds the folder.
 */
export async function openEmbedded(dataFolder: string, onUpkeepFailed: OnUpkeepFailed = untold): Promise<Database> {
  makeFolder(dataFolder);
  const lock = lockFolder(lockPath(dataFolder));
  try {
    const folder = join(dataFolder, 'database');
    if (!holdsDatabase(dataFolder)) await makeCluster(dataFolder, folder);
    const database = await PGlite.create({ ...options(true), fs: new DurableFiles(folder) });
    return new EmbeddedDatabase(database, lock.release, onUpkeepFailed);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** A database in memory, for tests and the simulation: the same engine and SQL, gone when it is closed. */
export async function openInMemory(onUpkeepFailed: OnUpkeepFailed = untold): Promise<Database> {
  const template = readTemplate();
  const database = await PGlite.create({ ...options(false), ...(template && { loadDataDir: template }) });
  return new EmbeddedDatabase(database, () => {}, onUpkeepFailed);
}

/** Where there is no log. */
const untold = (): void => {};

async function makeCluster(dataFolder: string, folder: string): Promise<void> {
  const unfinished = join(dataFolder, 'database.unfinished');
  rmSync(unfinished, { recursive: true, force: true });
  makeFolder(unfinished, 0o700);
  if (existsSync(templateFolder())) {
    cpSync(templateFolder(), unfinished, { recursive: true });
  } else {
    const database = await PGlite.create({ ...options(true), fs: new DurableFiles(unfinished) });
    await database.exec('checkpoint');
    await database.close();
  }
  await syncFolder(unfinished);
  renameSync(unfinished, folder);
  syncPath(dataFolder);
}

function readTemplate(): Blob | null {
  const path = templateArchive();
  return existsSync(path) ? new Blob([readFileSync(path)]) : null;
}

class EmbeddedDatabase implements Database {
  readonly kind = 'embedded' as const;
  readonly #database: PGlite;
  readonly #statements: PreparedStatements;
  readonly #breaks: Breaks;
  readonly #upkeep: Upkeep;
  readonly #release: () => void;

  constructor(database: PGlite, release: () => void, onUpkeepFailed: OnUpkeepFailed) {
    this.#database = database;
    this.#statements = new PreparedStatements(database);
    this.#breaks = watchForBreaks(database);
    this.#upkeep = new Upkeep(database, onUpkeepFailed);
    this.#release = release;
  }

  async query(statement: Statement): Promise<Record<string, unknown>[]> {
    try {
      const rows = await this.#statements.run(statement.text, statement.values ?? []);
      await this.#upkeep.afterStatement();
      return rows;
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  async script(sql: string): Promise<void> {
    this.#statements.clear();
    try {
      await this.#database.exec(sql);
    } catch (error) {
      // Whatever the script began is over: the one connection must not stay inside a failed transaction.
      await this.#database.exec('rollback').catch(() => {});
      throw translateDatabaseError(error);
    }
  }

  onWork(wake: () => void): void {
    void this.#database.listen(WORK_CHANNEL, wake);
  }

  async close(): Promise<void> {
    try {
      // One that broke off would write down at its end what it believes, and perhaps never come to it.
      if (this.#breaks.reason === null) await this.#database.close();
    } finally {
      this.#release();
    }
  }
}
