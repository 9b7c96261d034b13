/**
 * One face over the embedded database and PostgreSQL. There is no transaction to hold: everything that must happen
 * together is one statement (`commit.ts`), so nothing can be awaited inside one (docs/decisions/0002).
 */
export interface Database {
  readonly kind: 'embedded' | 'postgres';
  /** One statement. bigint columns come back as bigint, numeric as string, timestamptz as an Instant, jsonb parsed. */
  query(statement: Statement): Promise<Record<string, unknown>[]>;
  /** Several statements as one transaction, in one round trip: for migrations only. */
  script(sql: string): Promise<void>;
  /** Calls back when another process (or this one) announced new work. */
  onWork(wake: () => void): void;
  close(): Promise<void>;
}

export interface Statement {
  /** A name that stands for this text and no other, so that the server plans it once. */
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
  /** How it is asked together with others of its name (`gathered.ts`); without this it always goes alone. */
  readonly together?: Together;
}

export interface Together {
  /** One statement that does what all of these do, at least two, all of one name. */
  join(statements: readonly Statement[]): Statement;
  /** The rows that belong to each of so many. */
  split(rows: Record<string, unknown>[], count: number): Record<string, unknown>[][];
}

/** The channel on which a commit with new jobs wakes the workers. */
export const WORK_CHANNEL = 'tollbridge_work';

/** A constraint the database refused on our behalf. */
export class ConstraintViolation extends Error {
  readonly constraint: string;
  readonly kind: 'unique' | 'check' | 'foreign_key' | 'not_null';
  constructor(kind: ConstraintViolation['kind'], constraint: string, message: string) {
    super(message);
    this.name = 'ConstraintViolation';
    this.kind = kind;
    this.constraint = constraint;
  }
}

/** The subject of a `VersionConflict` when a job is held by somebody else by now. */
export const LEASE = 'lease';

/** The row read is no longer the row stored, or two commits blocked each other: load again, decide again. */
export class VersionConflict extends Error {
  readonly subject: string;
  constructor(subject: string) {
    super(`a row of ${subject} was changed by somebody else`);
    this.name = 'VersionConflict';
    this.subject = subject;
  }
}

/** Somebody who looked at Stripe's object later has written already (`stripe-tickets.ts`): look again, decide again. */
export class SupersededTicket extends VersionConflict {
  constructor() {
    super('stripe_tickets');
    this.name = 'SupersededTicket';
  }
}

/** The database cannot be reached or went away. */
export class DatabaseUnavailable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DatabaseUnavailable';
  }
}

interface DatabaseErrorShape {
  readonly code?: unknown;
  readonly constraint?: unknown;
  readonly message?: unknown;
}

const CONSTRAINT_KINDS: Record<string, ConstraintViolation['kind']> = {
  '23505': 'unique',
  '23P01': 'unique',
  '23514': 'check',
  '23503': 'foreign_key',
  '23502': 'not_null',
};

/** Raised by `tollbridge_expect` when a versioned write found another version (migration 0001). */
const EXPECTATION_FAILED = 'TB001';
/** Raised when an older fetch comes after a later one (migration 0002). */
const TICKET_SUPERSEDED = 'TB002';
/** PostgreSQL's serialization failure and dead-lock: both mean that somebody else was there first. */
const CONCURRENCY_CODES = new Set(['40001', '40P01', EXPECTATION_FAILED]);

const TOO_MANY_CONNECTIONS = '53300';
/** The operating system's names of what went wrong with a socket: ECONNREFUSED, ETIMEDOUT, ENOTFOUND, EPIPE … */
const SYSTEM_CODE = /^E[A-Z_]+$/;
/** What the `pg` driver says without a code when a connection broke or could not be made in time. */
const CONNECTION_LOST = /connection terminated|connection ended|timeout exceeded when trying to connect|not queryable/i;

/** Both drivers' errors in our words; anything else is passed on as it is. */
export function translateDatabaseError(error: unknown): unknown {
  const { code, constraint, message } = error as DatabaseErrorShape;
  const text = typeof message === 'string' ? message : String(error);
  if (typeof code !== 'string') return CONNECTION_LOST.test(text) ? new DatabaseUnavailable(text) : error;
  if (code === TICKET_SUPERSEDED) return new SupersededTicket();
  if (CONCURRENCY_CODES.has(code)) return new VersionConflict(text);
  const kind = CONSTRAINT_KINDS[code];
  if (kind !== undefined) return new ConstraintViolation(kind, String(constraint ?? ''), text);
  if (code.startsWith('08') || code.startsWith('57P') || code === TOO_MANY_CONNECTIONS || SYSTEM_CODE.test(code))
    return new DatabaseUnavailable(text);
  return error;
}

/** `2026-11-20 11:09:00.123+00`, as both databases print a timestamptz while the session's zone is UTC. */
export function parseTimestamp(text: string): number {
  const milliseconds = Date.parse(`${text.replace(' ', 'T').replace(/\+00(:00)?$/, '')}Z`);
  if (Number.isNaN(milliseconds)) throw new Error(`the database sent a time that is none: ${text}`);
  return milliseconds;
}

/** PostgreSQL's type numbers of the types we parse ourselves, the same on both drivers. */
export const TYPE_OIDS = { int8: 20, numeric: 1700, timestamptz: 1184 } as const;
