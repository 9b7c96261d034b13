import { type Account, type AccountRecord, accountRecords } from './account.js';
import type { Journal, JournalEntry } from './journal.js';
import { Store, type StoredObject } from './store.js';

/** The root store's name in the journal: it holds the accounts themselves. */
export const rootName = '';

export interface TransactionsOptions {
  readonly journal: Journal | undefined;
  readonly accounts: Map<string, Account>;
  /** Told of what a commit replaced or removed in an account, as it was. */
  readonly superseded: (account: Account, type: string, before: StoredObject) => void;
}

/**
 * How what was written is kept or undone as a whole, in one line of the journal: by the account in which it was begun,
 * the others that it wrote to, and the accounts it opened.
 */
export class Transactions {
  readonly #options: TransactionsOptions;
  readonly #root = new Store();
  /** Accounts that what is going on in another writes to as well. */
  readonly #enlisted = new Map<Account, Set<Account>>();

  constructor(options: TransactionsOptions) {
    this.#options = options;
  }

  isEnlisted(account: Account, other: Account): boolean {
    return this.#enlisted.get(account)?.has(other) === true;
  }

  /** Lets what is about to be written to `other` be kept or undone together with what is written to `account`. */
  enlist(account: Account, other: Account): void {
    const enlisted = this.#enlisted.get(account) ?? new Set();
    this.#enlisted.set(account, enlisted.add(other));
  }

  /** Keeps what is known of an account itself, at once. */
  saveRecord(record: AccountRecord): void {
    this.#root.put(accountRecords, record);
    this.#root.commit((writes) => this.#options.journal?.append({ account: rootName, writes }));
  }

  /** The same for what was kept before. */
  restoreRecord(record: AccountRecord): void {
    this.#root.put(accountRecords, record);
    this.#root.commit();
  }

  /** What cannot be written down did not happen. */
  commit(account: Account): void {
    const { journal } = this.#options;
    const enlisted = this.#enlisted.get(account);
    try {
      if (enlisted !== undefined) this.#commitTogether([account, ...enlisted]);
      else if (journal === undefined) this.#end(account);
      else this.#end(account, (entry) => journal.append(entry));
    } catch (error) {
      this.rollback(account);
      throw error;
    }
    this.#enlisted.delete(account);
  }

  #commitTogether([first, ...enlisted]: readonly [Account, ...Account[]]): void {
    for (const opened of enlisted.filter(this.#isUnsaved)) this.#root.put(accountRecords, opened.record);
    const entries = [
      entryOf(first),
      { account: rootName, writes: this.#root.written() },
      ...enlisted.map(entryOf),
    ].filter(({ writes }) => writes.length > 0);
    const [entry, ...others] = entries;
    if (entry !== undefined) this.#options.journal?.append(others.length === 0 ? entry : { ...entry, others });
    this.#root.commit();
    for (const account of [first, ...enlisted]) this.#end(account);
  }

  rollback(account: Account): void {
    this.#root.rollback();
    for (const other of this.#enlisted.get(account) ?? []) {
      other.store.rollback();
      if (this.#isUnsaved(other)) this.#options.accounts.delete(other.record.id);
    }
    this.#enlisted.delete(account);
    account.store.rollback();
  }

  /** Opened by what is still going on. */
  readonly #isUnsaved = ({ record }: Account): boolean => this.#root.get(accountRecords.type, record.id) === undefined;

  #end(account: Account, keep?: (entry: JournalEntry) => void): void {
    account.store.commit(keep && ((writes) => keep({ account: account.record.id, writes })), (type, before) =>
      this.#options.superseded(account, type, before),
    );
  }
}

const entryOf = ({ record, store }: Account): JournalEntry => ({ account: record.id, writes: store.written() });
