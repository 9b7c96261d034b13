import { type Instant, invariant, isInRange } from '@tollbridge/core';

/**
 * How one field of a row travels: its SQL type, and its two translations. Rows go to the database as JSON (one parameter
 * a table, see `commit.ts`), so `encode` gives something JSON can hold; `decode` takes what both drivers' parsers give.
 */
export interface Column<Value> {
  readonly sqlType: string;
  encode(value: Value): unknown;
  decode(value: unknown): Value;
}

const same = <Value>(sqlType: string): Column<Value> => ({
  sqlType,
  encode: (value) => value,
  decode: (value) => value as Value,
});

export const text = <Value extends string = string>(): Column<Value> => same<Value>('text');
export const integer = (): Column<number> => same<number>('integer');
export const boolean = (): Column<boolean> => same<boolean>('boolean');
export const textArray = <Value extends string = string>(): Column<Value[]> => same<Value[]>('text[]');
/** A JSON document. Values inside must be JSON already: bigints and instants are translated by whoever stores them. */
export const json = <Value>(): Column<Value> => same<Value>('jsonb');

/** Amounts in minor units and counters: a bigint on our side, a decimal string inside JSON so that no digit is lost. */
export const bigint = (): Column<bigint> => ({
  sqlType: 'bigint',
  encode: (value) => value.toString(),
  decode: (value) => value as bigint,
});

/** An exact decimal, kept as its string. */
export const numeric = (): Column<string> => ({
  sqlType: 'numeric',
  encode: (value) => value,
  decode: (value) => value as string,
});

export const instant = (): Column<Instant> => ({
  sqlType: 'timestamptz',
  encode: (value) => {
    invariant(isInRange(value), 'a moment that is stored lies in the years that are taken from outside');
    return new Date(value).toISOString();
  },
  decode: (value) => value as Instant,
});

export const nullable = <Value>(column: Column<Value>): Column<Value | null> => ({
  sqlType: column.sqlType,
  encode: (value) => (value === null ? null : column.encode(value)),
  decode: (value) => (value === null ? null : column.decode(value)),
});
