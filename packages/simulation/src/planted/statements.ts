import type { Database, Statement } from '@tollbridge/server/store/database';
import { shapeOf } from '../stage/statement-shape.js';

export type Row = Record<string, unknown>;

/** What a fault makes of the way to the database: what is asked, and what is heard. */
export interface Rewriting {
  readonly statement?: (statement: Statement) => Statement;
  readonly rows?: (statement: Statement, rows: Row[]) => Row[] | Promise<Row[]>;
}

export const withStatements = (database: Database, { statement, rows }: Rewriting): Database => ({
  ...database,
  async query(asked) {
    const sent = statement?.(asked) ?? asked;
    const heard = await database.query(sent);
    return rows === undefined ? heard : rows(asked, heard);
  },
});

/** The same commit with other rows in one of its clauses, one for one. */
export function withRows(statement: Statement, clause: string, change: (row: Row) => Row): Statement {
  const positions = shapeOf(statement.text)
    .recordsets.filter((recordset) => recordset.clause === clause)
    .map(({ position }) => position);
  if (positions.length === 0) return statement;
  const values = (statement.values ?? []).map((value, position) =>
    positions.includes(position) ? JSON.stringify((JSON.parse(String(value)) as Row[]).map(change)) : value,
  );
  return { ...statement, values };
}

/** The same statement in other words, under a name of its own: a name stands for one text. */
export function withText(statement: Statement, change: (text: string) => string): Statement {
  const text = change(statement.text);
  if (text === statement.text) return statement;
  return { ...statement, text, ...(statement.name === undefined ? {} : { name: `${statement.name}_planted` }) };
}

export const hasClause = (statement: Statement, clause: string): boolean =>
  shapeOf(statement.text).recordsets.some((recordset) => recordset.clause === clause);
