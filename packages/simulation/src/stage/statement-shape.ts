import type { Statement } from '@tollbridge/server/store/database';

/** What the text of a statement tells about it, looked at once for each text. */
export interface StatementShape {
  /** Enough to know it again in a report: a commit is told apart by what it writes. */
  readonly label: string;
  /** The tables it may write. */
  readonly tables: readonly string[];
  /** It announces work to the workers. */
  readonly announcesWork: boolean;
  /** The rows that a commit hands over as JSON: the clause they are for, and the position of the parameter. */
  readonly recordsets: readonly { readonly clause: string; readonly position: number }[];
}

const shapes = new Map<string, StatementShape>();
/** Far more than the product has: a bound in case a text is made anew each time. */
const SHAPES_MAX = 5_000;

export function shapeOf(text: string): StatementShape {
  const known = shapes.get(text);
  if (known !== undefined) return known;
  if (shapes.size >= SHAPES_MAX) throw new Error('statements have no end of texts: a value stands in one of them');
  const shape = readShape(text);
  shapes.set(text, shape);
  return shape;
}

function readShape(text: string): StatementShape {
  const tables = [...text.matchAll(/\b(?:insert into|update|delete from) (\w+)/g)].map(([, table]) => table ?? '');
  return {
    label: labelOf(text),
    tables: [...new Set(tables)],
    announcesWork: text.includes('pg_notify('),
    recordsets: recordsetsIn(text),
  };
}

/** Each recordset stands inside a clause that is named for what it does and for its table (`store/commit.ts`). */
function recordsetsIn(text: string): { clause: string; position: number }[] {
  const clauses = [...text.matchAll(/^(?:with )?(\w+) as \($/gm)];
  // A stand-in for a number may still have to be replaced in them.
  return [...text.matchAll(/jsonb_to_recordset\((?:replace\()?\$(\d+)/g)].map((match) => ({
    clause: clauses.findLast(({ index }) => index < match.index)?.[1] ?? '',
    position: Number(match[1]) - 1,
  }));
}

function labelOf(text: string): string {
  if (!text.startsWith('with ')) return `statement ${text.trim().slice(0, 40).replace(/\s+/g, ' ')}`;
  const clauses = [...text.matchAll(/^(?:with )?(\w+) as \($/gm)].map(([, clause]) => clause).join(' ');
  return `statement commit ${clauses}`.slice(0, 130);
}

const rowsAt = (statement: Statement, position: number): Record<string, unknown>[] =>
  JSON.parse(String(statement.values?.[position] ?? '[]')) as Record<string, unknown>[];

/** The rows that a commit hands to one of its clauses, such as `finish_jobs`. */
export const rowsOfClause = (statement: Statement, clause: string): Record<string, unknown>[] =>
  shapeOf(statement.text)
    .recordsets.filter((recordset) => recordset.clause === clause)
    .flatMap(({ position }) => rowsAt(statement, position));

/** The rows that a commit wrote into a table; inserts and updates alike. */
export const rowsWritten = (statement: Statement, table: string): Record<string, unknown>[] =>
  ['insert', 'absent', 'update'].flatMap((how) => rowsOfClause(statement, `${how}_${table}`));
