import type { Statement } from '@tollbridge/server/store/database';
import { rowsOfClause, shapeOf } from './statement-shape.js';
import { broken, type Violation } from './violation.js';

/**
 * Which jobs came to their end, read from the commits as they pass. A job ends once, by whoever holds its lease then: what
 * another decided about it meanwhile is written by nobody (docs/decisions/0004).
 */
export class FinishedJobs {
  readonly #ids = new Set<unknown>();
  readonly #twice: string[] = [];

  note(statement: Statement): void {
    if (!shapeOf(statement.text).tables.includes('jobs')) return;
    // Some jobs are named after what they are for, and are made again under their old name.
    for (const { id } of rowsOfClause(statement, 'insert_jobs')) this.#ids.delete(id);
    for (const { id } of rowsOfClause(statement, 'finish_jobs')) {
      if (this.#ids.has(id)) this.#twice.push(`${id} was done twice`);
      this.#ids.add(id);
    }
  }

  get violations(): Violation[] {
    return broken('job_done_once', this.#twice);
  }
}
