import { createHash } from 'node:crypto';
import { type Instant, isoFromInstant } from '@tollbridge/core';
import { Changes, type RowWrites } from '../changes.js';
import { appendixStatements } from './commit-appendix.js';
import { commitsTogether, type ValueKind } from './commits-together.js';
import { addConditions, addDraw, DRAWN_NUMBER } from './conditions.js';
import { type Database, type Statement, WORK_CHANNEL } from './database.js';
import { fewRows } from './few-rows.js';
import { columnName, fieldsOf, type Table, toRow } from './table.js';

/**
 * Writes one decision whole or not at all, as ONE statement: a CTE for each table and kind of write, and at the end a
 * count of what was found. Nothing is awaited inside, so there is no transaction to hold open, and one round trip instead
 * of eight (docs/decisions/0002). Gives the number that was drawn, if the decision draws one.
 *
 * Errors: `VersionConflict` when a row was changed by somebody else, or a lease was lost: load again, decide again.
 * `ConstraintViolation` when the database refused a row, for example a second one with a unique name.
 */
export async function commit(database: Database, changes: Changes, machineNow: Instant): Promise<string | null> {
  if (changes.isEmpty) return null;
  const { numberDraw } = changes;
  const parts = new StatementParts(isoFromInstant(machineNow), numberDraw?.standIn ?? null);
  addConditions(parts, changes.conditions);
  if (numberDraw !== null) addDraw(parts, numberDraw);
  for (const writes of [...changes.rows.values()].sort((a, b) => a.table.name.localeCompare(b.table.name)))
    addRowWrites(parts, writes);
  appendixStatements(parts, changes);
  // What draws a number or holds rows that it does not write may wait for others: nobody else should wait with it.
  const goesAlone = numberDraw !== null || changes.conditions.length > 0;
  const [row] = await database.query(parts.statement(goesAlone));
  return numberDraw === null ? null : (row?.number as string);
}

/**
 * Writes one row by itself, before the world is asked for what it says: a crash in between must not lose sight of that. Gives
 * the row as it is stored then. Errors: as `commit`.
 */
export async function commitRow<Row extends { readonly version: number }>(
  database: Database,
  table: Table<Row>,
  { row, machineNow }: { readonly row: Row; readonly machineNow: Instant },
): Promise<Row> {
  await commit(database, new Changes().update(table, row), machineNow);
  return { ...row, version: row.version + 1 };
}

/** Grows the statement; `$1` is always the machine's time. */
export class StatementParts {
  readonly values: unknown[];
  /** What each of them is, so that those of several commits can be put together. */
  readonly #kinds: ValueKind[] = ['now'];
  readonly #clauses: string[] = [];
  readonly #checks: string[] = [];

  readonly #standIn: string | null;

  /** `standIn`: what stands for the number that this statement draws, wherever it is written. */
  constructor(now: string, standIn: string | null) {
    this.values = [now];
    this.#standIn = standIn;
  }

  /** Gives the placeholder of a parameter. */
  value(value: unknown, kind: ValueKind = 'own'): string {
    this.values.push(value);
    this.#kinds.push(kind);
    return `$${this.values.length}`;
  }

  /** A recordset parameter; gives its placeholder. */
  records(rows: readonly Record<string, unknown>[]): string {
    const json = JSON.stringify(rows);
    const placeholder = this.value(json, 'records');
    if (this.#standIn === null || !json.includes(this.#standIn)) return `${placeholder}::jsonb`;
    // Neither has a character that JSON would write otherwise.
    return `replace(${placeholder}::text, ${this.value(this.#standIn)}::text, ${DRAWN_NUMBER})::jsonb`;
  }

  clause(name: string, sql: string): void {
    this.#clauses.push(`${name} as (\n${sql}\n)`);
  }

  /** `subject` is a name of ours, never input. */
  expect(clause: string, count: number, subject: string): void {
    const expected = this.value(count, 'count');
    this.#checks.push(`tollbridge_expect('${subject}', (select count(*) from ${clause}), ${expected}::bigint)`);
  }

  wakeWorkers(by?: string): void {
    const wake = `pg_notify('${WORK_CHANNEL}', '')`;
    this.#checks.push(by === undefined ? wake : `(select ${wake} from ${by} limit 1)`);
  }

  statement(goesAlone: boolean): Statement {
    // $1 is always used, so that a statement without events or jobs still has every parameter typed.
    const number = this.#standIn === null ? [] : [`${DRAWN_NUMBER} as number`];
    const columns = ['$1::timestamptz', ...this.#checks, ...number].join(', ');
    const text = `with ${this.#clauses.join(',\n')}\nselect ${columns}`;
    const statement = { name: nameOfShape(text), text, values: this.values };
    return goesAlone ? statement : { ...statement, together: commitsTogether(this.#kinds) };
  }
}

/**
 * A commit's text follows from which tables it writes, so the same few hundred shapes come again and again; a name of its
 * own lets the server plan each of them once (2.0 ms without, 0.9 ms with it for a commit of a job's outcome).
 */
const nameOfShape = (text: string): string => `commit_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;

function addRowWrites(parts: StatementParts, writes: RowWrites<unknown>): void {
  const { table } = writes;
  if (writes.inserts.size > 0) addInsert(parts, table, [...writes.inserts.values()], 'insert');
  if (writes.insertsIfAbsent.size > 0) addInsert(parts, table, [...writes.insertsIfAbsent.values()], 'absent');
  if (writes.updates.size > 0) addUpdate(parts, table, [...writes.updates.values()]);
  if (writes.deletes.size > 0) addDelete(parts, table, [...writes.deletes.values()]);
}

const recordset = (table: Table<unknown>, parameter: string): string => {
  const types = fieldsOf(table).map((field) => `${columnName(field)} ${sqlTypeOf(table, field)}`);
  return `jsonb_to_recordset(${parameter}) as r(${types.join(', ')})`;
};

const sqlTypeOf = (table: Table<unknown>, field: string): string =>
  (table.columns as Record<string, { sqlType: string }>)[field]?.sqlType ?? '';

const columnsOf = (table: Table<unknown>): string[] => fieldsOf(table).map(columnName);

const rowsOf = (table: Table<unknown>, rows: readonly unknown[]): Record<string, unknown>[] =>
  rows.map((row) => toRow(table, row));

function addInsert(parts: StatementParts, table: Table<unknown>, rows: unknown[], how: 'insert' | 'absent'): void {
  const columns = columnsOf(table).join(', ');
  const source = recordset(table, parts.records(rowsOf(table, rows)));
  const conflict = how === 'absent' ? `\non conflict (${table.key.map(columnName).join(', ')}) do nothing` : '';
  parts.clause(
    `${how}_${table.name}`,
    `insert into ${table.name} (${columns})\nselect ${columns}\nfrom ${source}${conflict}\nreturning 1`,
  );
}

const sameKey = (table: Table<unknown>): string =>
  [...table.key.map(columnName), ...(table.versioned ? ['version'] : [])].map((c) => `t.${c} = r.${c}`).join(' and ') +
  ` and ${fewRows(`r.${columnName(table.key[0] ?? '')}`)}`;

function addUpdate(parts: StatementParts, table: Table<unknown>, rows: unknown[]): void {
  const keys = new Set(table.key.map(columnName));
  const counters = new Set(table.counters.map(columnName));
  const assignments = columnsOf(table)
    .filter((column) => !keys.has(column) && !counters.has(column))
    .map((column) => (column === 'version' && table.versioned ? 'version = r.version + 1' : `${column} = r.${column}`));
  const source = recordset(table, parts.records(rowsOf(table, rows)));
  const clause = `update_${table.name}`;
  parts.clause(
    clause,
    `update ${table.name} as t\nset ${assignments.join(', ')}\nfrom ${source}\nwhere ${sameKey(table)}\nreturning 1`,
  );
  parts.expect(clause, rows.length, table.name);
}

function addDelete(parts: StatementParts, table: Table<unknown>, rows: unknown[]): void {
  const source = recordset(table, parts.records(rowsOf(table, rows)));
  const clause = `delete_${table.name}`;
  parts.clause(clause, `delete from ${table.name} as t\nusing ${source}\nwhere ${sameKey(table)}\nreturning 1`);
  parts.expect(clause, rows.length, table.name);
}
