import { turnEnded } from '../clock.js';
import { type Database, DatabaseUnavailable, type Statement } from './database.js';

/** How statements find each other. */
export interface Meeting {
  /** Ends when all that has come to this process at this moment had its turn, without any time passing. */
  turn(): Promise<void>;
  /** How one waits for what another does: the simulation's scheduler must know of it. */
  wait<T>(outcome: Promise<T>): Promise<T>;
}

const inEventLoop: Meeting = {
  turn: turnEnded,
  wait: (outcome) => outcome,
};

/** More rows in one statement gain nothing any more. */
const TOGETHER_MAX = 50;
/** A statement stays small enough to hold in memory twice, whatever its rows carry. One that is larger goes alone. */
const TOGETHER_CHARACTERS_MAX = 1_048_576;

type Rows = Record<string, unknown>[];

/** What becomes of somebody who waited while others of his name were under way. */
type Turn =
  | { readonly kind: 'answered'; readonly rows: Rows }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** What they asked together was refused, for his sake or for another's. */
  | { readonly kind: 'alone' }
  /** He is the first of those who wait: he asks for all of them. */
  | { readonly kind: 'leads' };

interface Waiting {
  readonly statement: Statement;
  take(turn: Turn): void;
}

/**
 * The same database, in which statements of one name that come at once are asked together, and those that come while one is
 * under way by the next: one trip, one plan and, where they write, one wait for the disk (docs/decisions/0012). No time
 * passes in waiting for company, nobody is answered before what he asked is done, and what is refused together is asked one
 * by one, so that nobody is refused for another's sake. Those who wait are callers who wait anyway, so there are never more
 * of them.
 */
export function gathered(database: Database, meeting: Meeting = inEventLoop): Database {
  const lines = new Lines(database, meeting);
  return {
    kind: database.kind,
    query: (statement) => lines.query(statement),
    script: (sql) => database.script(sql),
    onWork: (wake) => database.onWork(wake),
    close: () => database.close(),
  };
}

class Lines {
  readonly #database: Database;
  readonly #meeting: Meeting;
  /** By name, from a statement of that name on until it is answered: who came meanwhile. */
  readonly #lines = new Map<string, Waiting[]>();

  constructor(database: Database, meeting: Meeting) {
    this.#database = database;
    this.#meeting = meeting;
  }

  async query(statement: Statement): Promise<Rows> {
    const { name, together } = statement;
    if (name === undefined || together === undefined) return this.#database.query(statement);
    const line = this.#lines.get(name);
    if (line === undefined) {
      this.#lines.set(name, []);
      await this.#meeting.turn();
    } else {
      const turn = await this.#meeting.wait(new Promise<Turn>((take) => void line.push({ statement, take })));
      if (turn.kind === 'answered') return turn.rows;
      if (turn.kind === 'failed') throw turn.error;
      if (turn.kind === 'alone') return this.#database.query(statement);
    }
    return this.#lead(name, statement);
  }

  async #lead(name: string, statement: Statement): Promise<Rows> {
    const line = this.#lines.get(name) ?? [];
    const others = companyOf(statement, line);
    try {
      return await this.#ask(statement, others);
    } catch (error) {
      // Where the database is away it is away for all of them, and nothing is gained by asking it one by one.
      const isForAll = error instanceof DatabaseUnavailable;
      for (const other of others) other.take(isForAll ? { kind: 'failed', error } : { kind: 'alone' });
      if (isForAll || others.length === 0) throw error;
    } finally {
      this.#handOver(name, line);
    }
    return this.#database.query(statement);
  }

  async #ask(statement: Statement, others: readonly Waiting[]): Promise<Rows> {
    const { together } = statement;
    if (together === undefined || others.length === 0) return this.#database.query(statement);
    const all = [statement, ...others.map((other) => other.statement)];
    const [own = [], ...rest] = together.split(await this.#database.query(together.join(all)), all.length);
    others.forEach((other, index) => {
      other.take({ kind: 'answered', rows: rest[index] ?? [] });
    });
    return own;
  }

  #handOver(name: string, line: Waiting[]): void {
    const next = line.shift();
    if (next === undefined) this.#lines.delete(name);
    else next.take({ kind: 'leads' });
  }
}

/** Takes from a line who goes with a statement: the first of them, as many as there is room for. */
function companyOf(statement: Statement, line: Waiting[]): Waiting[] {
  let characters = charactersOf(statement);
  const room = line.slice(0, TOGETHER_MAX - 1).findIndex((other) => {
    characters += charactersOf(other.statement);
    return characters > TOGETHER_CHARACTERS_MAX;
  });
  return line.splice(0, room < 0 ? TOGETHER_MAX - 1 : room);
}

const charactersOf = ({ values = [] }: Statement): number =>
  values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0);
