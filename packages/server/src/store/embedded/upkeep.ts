import type { PGlite } from '@electric-sql/pglite';

/** So many statements lie between two looks at the tables. A look costs what about ten of them do. */
const STATEMENTS_BETWEEN_LOOKS = 2_000;
/** Tables that one look tends, those that need it most first: whoever asks at that moment waits for it. */
const TABLES_MAX = 4;

/**
 * The rule of PostgreSQL's own autovacuum, with its defaults: a table is swept when 50 rows and a fifth of it are dead, or
 * 1,000 and a fifth are new since; what the planner knows of it is gathered anew when 50 rows and a tenth of it changed.
 * https://www.postgresql.org/docs/current/routine-vacuuming.html#AUTOVACUUM
 */
const TABLES_IN_NEED = `
select format('%I.%I', schemaname, relname) as name, is_unswept
from pg_stat_user_tables
cross join lateral (
  select n_dead_tup > 50 + 0.2 * n_live_tup or n_ins_since_vacuum > 1000 + 0.2 * n_live_tup as is_unswept
) as need
where is_unswept
  or n_mod_since_analyze > 50 + 0.1 * n_live_tup
order by n_dead_tup + n_mod_since_analyze desc, name
limit ${TABLES_MAX}`;

interface TableInNeed {
  readonly name: string;
  readonly is_unswept: boolean;
}

/** Hears why a look could not do what was due. */
export type OnUpkeepFailed = (error: unknown) => void;

/**
 * Does for the embedded database what a server's autovacuum does, which is a process of its own that this engine cannot
 * have: takes dead rows away, so that their room is used again, and gathers what the planner goes by. Without it files grow
 * with every job that was ever done, and the first plan of a statement is kept for the life of the process, whatever the table
 * has become: a foreign key was checked by reading all invoices of the environment.
 */
export class Upkeep {
  readonly #database: PGlite;
  readonly #onFailed: OnUpkeepFailed;
  #statements = 0;

  constructor(database: PGlite, onFailed: OnUpkeepFailed) {
    this.#database = database;
    this.#onFailed = onFailed;
  }

  /** Called after each statement, whose outcome stands whatever becomes of this: what could not be done is due at the next look. */
  async afterStatement(): Promise<void> {
    this.#statements += 1;
    if (this.#statements < STATEMENTS_BETWEEN_LOOKS) return;
    this.#statements = 0;
    try {
      await this.#tend();
    } catch (error) {
      // A disk that fails is told by the next statement, too (`breaks.ts`).
      this.#onFailed(error);
    }
  }

  async #tend(): Promise<void> {
    // The counters are put down at most once a second, unless asked to.
    await this.#database.query('select pg_stat_force_next_flush()');
    const { rows } = await this.#database.query<TableInNeed>(TABLES_IN_NEED);
    for (const { name, is_unswept: isUnswept } of rows)
      await this.#database.query(isUnswept ? `vacuum (analyze) ${name}` : `analyze ${name}`);
  }
}
