import type { Database, Statement } from '@tollbridge/server/store/database';
import type { Gate } from '../sandbox-client.js';
import { shapeOf } from './statement-shape.js';

/**
 * The database behind the gate: a crash can fall before or after any statement, so also around every commit. `onWritten`
 * hears of every statement that was carried out and may have written something.
 */
export const gatedDatabase = (database: Database, gate: Gate, onWritten: (statement: Statement) => void): Database => ({
  kind: database.kind,
  query: (statement) => {
    const { label, tables } = shapeOf(statement.text);
    return gate(label, async () => {
      const rows = await database.query(statement);
      if (tables.length > 0) onWritten(statement);
      return rows;
    });
  },
  script: (sql) => gate('script', () => database.script(sql)),
  onWork: () => {},
  close: async () => {},
});
