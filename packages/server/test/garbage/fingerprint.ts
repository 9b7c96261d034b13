import type { Database } from '@tollbridge/server/store/database';

/** What a refusal may write, each with the reason why it is allowed. */
const BOOKKEEPING: Readonly<Record<string, string>> = {
  // That a key was used is noted before what it is used for is looked at (ENV-4).
  api_keys: 'last_used_at',
};

/** All rows of all tables as one number a table. Says which differ when two are compared. */
export type Fingerprint = Readonly<Record<string, string>>;

/** Looks at everything that the database holds. */
export class Watcher {
  readonly #database: Database;
  readonly #text: string;

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
      return `select '${name}' as name, count(*) || ' ' || coalesce(sum(hashtextextended(${row}, 0)), 0) as rows from "${name}" t`;
    });
    return new Watcher(database, parts.join('\nunion all\n'));
  }

  async look(): Promise<Fingerprint> {
    const rows = await this.#database.query({ text: this.#text });
    return Object.fromEntries(rows.map((row) => [String(row.name), String(row.rows)]));
  }
}

/** The tables in which something changed. */
export const changedTables = (before: Fingerprint, after: Fingerprint): string[] =>
  Object.keys(after).filter((name) => before[name] !== after[name]);
