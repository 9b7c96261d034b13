import type { Database } from '@tollbridge/server/store/database';
import type { Gate } from './sandbox-client.js';

/** The database behind the gate: a crash can fall before or after any statement, so also around every commit. */
export const gatedDatabase = (database: Database, gate: Gate): Database => ({
  kind: database.kind,
  query: (statement) => gate(`statement ${nameOf(statement.text)}`, () => database.query(statement)),
  script: (sql) => gate('script', () => database.script(sql)),
  onWork: () => {},
  close: async () => {},
});

/** Enough of a statement to know it again in a report: a commit is told apart by what it writes. */
function nameOf(text: string): string {
  if (!text.startsWith('with ')) return text.trim().slice(0, 40).replace(/\s+/g, ' ');
  return `commit ${[...text.matchAll(/^(?:with )?(\w+) as \($/gm)].map(([, clause]) => clause).join(' ')}`.slice(
    0,
    120,
  );
}
