import { InvariantViolation, invariant } from '@tollbridge/core';
import type { Column } from './column.js';

/**
 * A table as `commit` and the readers know it: which field of the domain object is which column. The field names are
 * ours (`totalMinor`), the column names follow from them (`total_minor`); the compiler insists that no field is forgotten.
 */
export interface Table<Row> {
  readonly name: string;
  readonly key: readonly (keyof Row & string)[];
  readonly columns: { readonly [Field in keyof Row]-?: Column<Row[Field]> };
  /** A versioned row is written only where the version read is still the version stored. */
  readonly versioned: boolean;
  /** Counted up by the database alone, whatever version stands: an update leaves them. */
  readonly counters: readonly (keyof Row & string)[];
}

export interface TableOptions<Row> {
  readonly key: readonly (keyof Row & string)[];
  readonly versioned: boolean;
  readonly counters?: readonly (keyof Row & string)[];
}

export function table<Row>(name: string, columns: Table<Row>['columns'], options: TableOptions<Row>): Table<Row> {
  invariant(!options.versioned || 'version' in columns, `${name} is versioned and needs a version column`);
  return { name, columns, counters: [], ...options };
}

const NAMES = new Map<string, string>();

/** The column of a field. There are as many as the tables have, so each is worked out once. */
export function columnName(field: string): string {
  const known = NAMES.get(field);
  if (known !== undefined) return known;
  const name = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  NAMES.set(field, name);
  return name;
}

export const fieldsOf = <Row>(of: Table<Row>): (keyof Row & string)[] =>
  Object.keys(of.columns) as (keyof Row & string)[];

/** The list of columns for a select, qualified when an alias is given. */
export function selectList<Row>(of: Table<Row>, alias?: string): string {
  return fieldsOf(of)
    .map((field) => `${alias === undefined ? '' : `${alias}.`}${columnName(field)}`)
    .join(', ');
}

/** What the database gave, as the domain object. */
export function fromRow<Row>(of: Table<Row>, row: Record<string, unknown>): Row {
  const result: Record<string, unknown> = {};
  for (const field of fieldsOf(of)) {
    const value = row[columnName(field)];
    if (value === undefined)
      throw new InvariantViolation(`${of.name} was read without its column ${columnName(field)}`);
    result[field] = of.columns[field].decode(value);
  }
  return result as Row;
}

/** The columns of one of several tables that are read at once, each named after its alias too: `d.id as d_id`. */
export function joinedList<Row>(of: Table<Row>, alias: string): string {
  return fieldsOf(of)
    .map((field) => `${alias}.${columnName(field)} as ${alias}_${columnName(field)}`)
    .join(', ');
}

/** One object of a row that holds several; null where the join found none of it. */
export function fromJoinedRow<Row>(of: Table<Row>, row: Record<string, unknown>, alias: string): Row | null {
  const own = fieldsOf(of).map((field) => [columnName(field), row[`${alias}_${columnName(field)}`]] as const);
  const isFound = of.key.every((field) => row[`${alias}_${columnName(field)}`] !== null);
  return isFound ? fromRow(of, Object.fromEntries(own)) : null;
}

/** The domain object, as JSON for `jsonb_to_recordset`. */
export function toRow<Row>(of: Table<Row>, object: Row): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const field of fieldsOf(of)) {
    const value = object[field];
    if (value === undefined) throw new InvariantViolation(`${of.name} was written without its field ${field}`);
    result[columnName(field)] = of.columns[field].encode(value);
  }
  return result;
}

/** The same row, wherever it was read: used to find two writes of one row inside one commit. */
export const keyOf = <Row>(of: Table<Row>, object: Row): string =>
  of.key.map((field) => String(object[field])).join(' ');
