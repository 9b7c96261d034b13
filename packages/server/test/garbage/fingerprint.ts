import type { Database } from '@tollbridge/server/store/database';

/** What a refusal may write, each with the reason why it is allowed. */
const BOOKKEEPING: Readonly<Record<string, string>> = {
  // That a key was used is noted before what it is used for is looked at (ENV-4).
  api_keys: 'last_used_at',
};

/** All rows of all tables as one number a table. Says which differ when two are compared. */
export type Fingerprint = Readonly<Record<string, string>>;

/** Looks at everything that the database holds, and knows at which of its transactions it looked last. */
export class Watcher {
  readonly #database: Database;
  readonly #text: string;
  #transaction = '';
  #seen: Fingerprint = {};

  private constructor(database: Database, text: string) {
    this.#database = database;
    this.#text = text;
  }

  static async of(database: Database): Promise<Watcher> {
    const rows = await database.query({
      text: `select table_name from information_schema.tables where table_schema = current_schema() order by 1`,
    });
    const names = rows.map((row) => String(row.table_name)).filter((name) => name !== 'schema_migrations');
    const parts = names.map((name) => {
      const row = BOOKKEEPING[name] === undefined ? 't::text' : `(to_jsonb(t) - '${BOOKKEEPING[name]}')::text`;
      const sum = `count(*) || ' ' || coalesce(sum(hashtextextended(${row}, 0)), 0)`;
      return `select '${name}' as name, ${sum} as rows from "${name}" t`;
    });
    const watcher = new Watcher(database, parts.join('\nunion all\n'));
    await watcher.changes();
    return watcher;
  }

  /** The tables in which something changed since it was last asked. */
  async changes(): Promise<string[]> {
    const transaction = await this.#nextTransaction();
    // Nothing is written without a transaction that has a number: the same next number, and nothing was.
    if (transaction === this.#transaction) return [];
    const before = this.#seen;
    this.#seen = await this.#look();
    this.#transaction = transaction;
    return Object.keys(this.#seen).filter((name) => before[name] !== this.#seen[name]);
  }

  async #nextTransaction(): Promise<string> {
    const text = 'select pg_snapshot_xmax(pg_current_snapshot())::text as next';
    const [row] = await this.#database.query({ name: 'watch_transaction', text });
    return String(row?.next);
  }

  async #look(): Promise<Fingerprint> {
    const rows = await this.#database.query({ name: 'watch_everything', text: this.#text });
    return Object.fromEntries(rows.map((row) => [String(row.name), String(row.rows)]));
  }
}
