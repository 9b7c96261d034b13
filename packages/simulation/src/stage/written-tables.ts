import type { Statement } from '@tollbridge/server/store/database';
import { shapeOf } from './statement-shape.js';

/**
 * Which tables were written since somebody last looked at what depends on them. Everything the product writes passes its
 * gate, so a question whose tables nobody wrote has the answer it had: that is exact, and spares most of the questions.
 */
export class WrittenTables {
  readonly #writtenAt = new Map<string, number>();
  readonly #lookedAt = new Map<string, number>();
  #writes = 1;

  note(statement: Statement): void {
    this.#writes += 1;
    for (const table of shapeOf(statement.text).tables) this.#writtenAt.set(table, this.#writes);
  }

  /** Whether the question must be asked anew; whoever is told so asks it. */
  isDue(question: string, tables: readonly string[]): boolean {
    const lookedAt = this.#lookedAt.get(question) ?? 0;
    const isDue = lookedAt === 0 || tables.some((table) => (this.#writtenAt.get(table) ?? 0) > lookedAt);
    if (isDue) this.#lookedAt.set(question, this.#writes);
    return isDue;
  }
}
