import { type Database, DatabaseUnavailable, type Statement } from '@tollbridge/server/store/database';

interface Held {
  readonly text: string;
  carryOut(): Promise<void>;
  lose(when: 'before' | 'after'): Promise<void>;
}

/** Turns of the event loop from an answer to the next question, through the routes. */
const SETTLING_TURNS = 20;
const TURNS_MAX = 100_000;

/** A real database whose statements wait until they are let go, or are lost on the way there or back. */
export class HeldDatabase implements Database {
  readonly kind: Database['kind'];
  /** How many statements were asked so far. */
  asked = 0;
  readonly #database: Database;
  readonly #held: Held[] = [];
  #isHolding = false;

  constructor(database: Database) {
    this.kind = database.kind;
    this.#database = database;
  }

  /** How many wait to be let go. */
  get waiting(): number {
    return this.#held.length;
  }

  /** The text of the statement that is let go next; empty when none waits. */
  get next(): string {
    return this.#held[0]?.text ?? '';
  }

  /** Until one waits, as it does soon after a request came over the network. */
  async untilWaiting(): Promise<void> {
    for (let turn = 0; turn < TURNS_MAX && this.#held.length === 0; turn++) await this.settled();
  }

  hold(): void {
    this.#isHolding = true;
  }

  /** From now on nothing is held any more, nor what is held now. */
  async open(): Promise<void> {
    await this.settled();
    this.#isHolding = false;
    await this.letGo(this.#held.length);
  }

  async letGo(count: number): Promise<void> {
    for (const each of this.#held.splice(0, count)) await each.carryOut();
    await this.settled();
  }

  /** The database goes away around so many statements. */
  async lose(count: number, when: 'before' | 'after' = 'before'): Promise<void> {
    for (const each of this.#held.splice(0, count)) await each.lose(when);
    await this.settled();
  }

  /** Whoever was answered has gone on. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < SETTLING_TURNS; turn++) await new Promise((resolve) => void setImmediate(resolve));
  }

  async query(statement: Statement): Promise<Record<string, unknown>[]> {
    this.asked += 1;
    if (!this.#isHolding) return this.#database.query(statement);
    return new Promise((resolve, reject) => {
      this.#held.push({
        text: statement.text,
        carryOut: () => this.#database.query(statement).then(resolve, reject),
        lose: async (when) => {
          if (when === 'after') await this.#database.query(statement);
          reject(new DatabaseUnavailable('the connection was lost'));
        },
      });
    });
  }

  script(sql: string): Promise<void> {
    return this.#database.script(sql);
  }

  onWork(wake: () => void): void {
    this.#database.onWork(wake);
  }

  async close(): Promise<void> {}
}
