import pg from 'pg';
import {
  type Database,
  DatabaseUnavailable,
  parseTimestamp,
  type Statement,
  TYPE_OIDS,
  translateDatabaseError,
  WORK_CHANNEL,
} from './database.js';

/** Oldest server we accept; the SQL keeps to what 15 understands. */
const VERSION_NUMBER_MIN = 150_000;
const CONNECTIONS_MAX = 12;
const CONNECT_TIMEOUT_MILLISECONDS = 5_000;
const LISTEN_RETRY_MILLISECONDS = 1_000;

const parsers = new Map<number, (text: string) => unknown>([
  [TYPE_OIDS.int8, BigInt],
  [TYPE_OIDS.numeric, String],
  [TYPE_OIDS.timestamptz, parseTimestamp],
]);

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    parsers.get(oid) ??
    (format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text')),
};

/**
 * Opens a pool on PostgreSQL 15 or newer.
 * Errors: `DatabaseUnavailable` when it cannot be reached, or is too old.
 */
export async function openPostgres(url: string, connectionsMax = CONNECTIONS_MAX): Promise<Database> {
  const options = { connectionString: url, types, connectionTimeoutMillis: CONNECT_TIMEOUT_MILLISECONDS };
  // A claim is estimated dear and reads a few pages: 23 ms with compiling it, 1 ms without (jobs/queue.ts).
  const pool = new pg.Pool({ ...options, max: connectionsMax, options: '-c timezone=UTC -c jit=off' });
  // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
  pool.on('error', ignore);
  // The pool listens to none that it has lent, and hands a new one over before whoever asked for it can: its server may fall
  // in that moment.
  pool.on('connect', (client) => client.on('error', ignore));
  try {
    const { rows } = await pool.query(`select current_setting('server_version_num')::integer as version`);
    const version = rows[0].version as number;
    if (version < VERSION_NUMBER_MIN)
      throw new DatabaseUnavailable(`PostgreSQL 15 or newer is needed, this one is ${Math.floor(version / 10_000)}`);
  } catch (error) {
    await pool.end();
    if (error instanceof DatabaseUnavailable) throw error;
    throw new DatabaseUnavailable(error instanceof Error ? error.message || String(error) : String(error));
  }
  return new PostgresDatabase(pool, options);
}

/** For what is told a second time: the statement that was under way, or comes next, fails with it. */
const ignore = (): void => {};

/** One row met twice, data that do not fit, rows that break a rule, lost races, and what our own functions raise. */
const REFUSED = /^(21|22|23|40|TB)/;

/**
 * What is refused for what it says leaves its connection as good as before. Whatever else failed may lie with the connection:
 * a server that takes no writes any more, statements that a pooler has forgotten, plans that fit no table.
 */
const isRefused = (error: unknown): boolean => error instanceof pg.DatabaseError && REFUSED.test(error.code ?? '');

class PostgresDatabase implements Database {
  readonly kind = 'postgres' as const;
  readonly #pool: pg.Pool;
  readonly #options: pg.ClientConfig;
  readonly #wakers: (() => void)[] = [];
  #listener: pg.Client | null = null;
  #retry: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(pool: pg.Pool, options: pg.ClientConfig) {
    this.#pool = pool;
    this.#options = options;
  }

  async query(statement: Statement): Promise<Record<string, unknown>[]> {
    const query = {
      text: statement.text,
      values: [...(statement.values ?? [])],
      ...(statement.name === undefined ? {} : { name: statement.name }),
    };
    // The pool's own way closes a connection with every refused statement, and a lost race is one.
    const result = await this.#borrow((client) => client.query(query), isRefused);
    return result.rows;
  }

  async script(sql: string): Promise<void> {
    // A text of several statements without values goes over the simple protocol, which makes it one transaction. A connection
    // inside a failed transaction would refuse whatever comes next: it is closed, not given back.
    await this.#borrow(
      (client) => client.query(sql),
      () => false,
    );
  }

  async #borrow<T>(use: (client: pg.PoolClient) => Promise<T>, isUsableAfter: (error: unknown) => boolean): Promise<T> {
    let client: pg.PoolClient | null = null;
    let isUsable = true;
    try {
      client = await this.#pool.connect();
      return await use(client);
    } catch (error) {
      isUsable = isUsableAfter(error);
      throw translateDatabaseError(error);
    } finally {
      client?.release(!isUsable);
    }
  }

  onWork(wake: () => void): void {
    this.#wakers.push(wake);
    if (this.#listener === null) void this.#listen();
  }

  async #listen(): Promise<void> {
    if (this.#closed) return;
    const client = new pg.Client(this.#options);
    this.#listener = client;
    const again = () => {
      if (this.#closed || this.#listener !== client) return;
      this.#listener = null;
      this.#retry = setTimeout(() => void this.#listen(), LISTEN_RETRY_MILLISECONDS);
    };
    client.on('error', again);
    client.on('end', again);
    client.on('notification', () => {
      for (const wake of this.#wakers) wake();
    });
    try {
      await client.connect();
      await client.query(`listen ${WORK_CHANNEL}`);
    } catch {
      // Without the wake-up the workers still look by themselves at every interval, so trying again later is enough.
      again();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    const listener = this.#listener;
    this.#listener = null;
    if (listener !== null) await listener.end();
    await this.#pool.end();
  }
}
