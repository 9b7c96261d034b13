import type { Statement } from '@tollbridge/server/store/database';
import { rowsOfClause } from './statement-shape.js';
import { broken, type Violation } from './violation.js';

/** Which look at each of Stripe's objects was written last, read from the commits as they pass: an older one never is (EVT-3). */
export class LooksWritten {
  readonly #latest = new Map<string, bigint>();
  readonly #older: string[] = [];

  note(statement: Statement): void {
    for (const ticket of rowsOfClause(statement, 'update_stripe_tickets')) {
      const object = `${ticket.object_id} of ${ticket.connection_id}`;
      const look = BigInt(String(ticket.applied));
      const latest = this.#latest.get(object) ?? 0n;
      if (look < latest) this.#older.push(`look ${look} at ${object} was written after look ${latest}`);
      else this.#latest.set(object, look);
    }
  }

  get violations(): Violation[] {
    return broken('no_older_look_last', this.#older);
  }
}
