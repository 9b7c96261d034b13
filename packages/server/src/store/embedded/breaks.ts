import type { PGlite } from '@electric-sql/pglite';
import { DatabaseUnavailable } from '../database.js';

/** What the engine throws to get back to its loop after an error that it has told (PGlite's `POSTGRES_MAIN_LONGJMP`). */
const LONG_JUMP = 100;

/** Whether the engine has broken off. */
export interface Breaks {
  /** Why it is not asked any more; null while it may be. */
  readonly reason: DatabaseUnavailable | null;
}

/**
 * Notices when the engine breaks off in the middle of a statement: the disk did not take what a commit asked it to keep, memory
 * ran out, it gave itself up by `PANIC`. PGlite catches whatever its loop throws and answers all the same: a commit whose
 * fsync had failed was answered as done, and the statement after it never ended and held up the whole process. Like a
 * PostgreSQL that panics, it is not asked again: the next start finds in its log what was answered.
 */
export function watchForBreaks({ Module: engine }: PGlite): Breaks {
  const breaks: { reason: DatabaseUnavailable | null } = { reason: null };
  const loopOnce = engine._PostgresMainLoopOnce;
  engine._PostgresMainLoopOnce = () => {
    if (breaks.reason !== null) throw new Escape(breaks.reason);
    try {
      loopOnce();
    } catch (error) {
      if ((error as { status?: unknown }).status === LONG_JUMP) throw error;
      breaks.reason = new DatabaseUnavailable(
        `The embedded database broke off (${error instanceof Error ? error.message : String(error)}) and is not asked any more: start Tollbridge again.`,
      );
      throw new Escape(breaks.reason);
    }
  };
  return breaks;
}

/** PGlite asks what it has caught for its status, and then forgets it: this comes out by the asking. */
class Escape {
  readonly #reason: DatabaseUnavailable;

  constructor(reason: DatabaseUnavailable) {
    this.#reason = reason;
  }

  get status(): never {
    throw this.#reason;
  }
}
